#pragma once
// Values and offsets: what the tokens of a spec are made of. Knows nothing of grammars, files or bytes.

#include <cstdint>
#include <string>
#include <variant>

namespace pathology::language {

// --- values ----------------------------------------------------------------------------------------------------------

/// Bytes written down in the spec. `bare` words print without quotes.
struct Literal {
    std::string bytes;
    bool bare = false;

    friend bool operator==(Literal const&, Literal const&) = default;
};

/// The alphabets of generated data (`generator.hpp` has their bytes).
enum class DataType : std::uint8_t {
    ascii_letters,
    ascii_lowercase,
    ascii_uppercase,
    digits,
    hexdigits,
    octdigits,
    punctuation,
    whitespace,
    ascii,
    bytes
};

/// Size suffixes; the value is the power of 1024.
enum class SizeUnit : std::uint8_t { b = 0, k = 1, m = 2, g = 3, t = 4 };

/// `@100k,digits`: that many random symbols of an alphabet. The grammar refuses counts that overflow 64 bits.
struct Generated {
    std::uint64_t count = 0;
    SizeUnit unit = SizeUnit::b;
    DataType type = DataType::bytes;

    constexpr std::uint64_t size() const { return count << (10U * static_cast<unsigned>(unit)); }
    friend bool operator==(Generated const&, Generated const&) = default;
};

/// `<path`: the content of a file, relative to the folder the program may read.
struct FileValue {
    std::string path;

    friend bool operator==(FileValue const&, FileValue const&) = default;
};

using Value = std::variant<Literal, Generated, FileValue>;

// --- places in a message ---------------------------------------------------------------------------------------------

/// Where an action happens: at a place of the base message, and so many bytes behind it, or before it.
///
///     HTTP/1    | start line, fields, blank line |head, body  content                    |end
///     chunked   | start line, fields, blank line |head, body, chunk1 5 hello |chunk2 0 |trailer  fields, blank line |end
///     HTTP/2    |frame1 HEADERS |frame2 CONTINUATION |head = frame3 DATA header |body  content |frame4 ... |end
///     a frame   | header |head, body  payload |end
struct Offset {
    enum class Kind : std::uint8_t {
        number,  ///< so many bytes from the beginning
        random,  ///< before one of the bytes
        end,
        head,     ///< the end of the head
        body,     ///< the first byte of content
        frame,    ///< the beginning of that HTTP/2 frame of the message, counted from 1
        chunk,    ///< the beginning of that chunk, or of its first DATA frame, counted from 1
        trailer,  ///< the beginning of the trailer section
    };
    Kind kind = Kind::number;
    std::uint64_t number = 0;  ///< of bytes, or of the frame or chunk
    std::int64_t shift = 0;    ///< bytes from the place on

    friend bool operator==(Offset const&, Offset const&) = default;
};

}  // namespace pathology::language
