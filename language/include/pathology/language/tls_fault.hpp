#pragma once
// Faults in the records of TLS: what is done with the bytes that one end sends.
//
//     d40                 the connection ends after 40 bytes
//     precord2,f          the second record is never sent
//     crecord1+9          a byte of the first record is inverted
//     arecord2,decode_error   an alert in place of the second record

#include <cstdint>
#include <optional>
#include <pathology/language/actions.hpp>
#include <pathology/language/failure.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pathology::language {

/// A place in the bytes that one end sends, before the byte at it. It counts from the first byte of the connection, or
/// from the first byte of a record.
struct WireOffset {
    /// The places of further records are not kept.
    static constexpr std::uint64_t max_record = 10'000;

    std::uint64_t record = 0;  ///< of this end, counted from 1 whatever its type; 0 = none
    std::uint64_t number = 0;  ///< of bytes; without a record
    std::int64_t shift = 0;    ///< bytes from the beginning of the record on

    friend bool operator==(WireOffset const&, WireOffset const&) = default;
};

/// Something that is done before the byte at a place is sent.
struct TlsFaultAction {
    /// Nothing is sent for a time.
    struct Pause {
        std::optional<PauseTime> time;  ///< std::nullopt: for ever
        friend bool operator==(Pause const&, Pause const&) = default;
    };
    /// The connection ends.
    struct End {
        Ending how = Ending::fin;
        friend bool operator==(End const&, End const&) = default;
    };
    /// Further bytes.
    struct Inject {
        std::string bytes;
        friend bool operator==(Inject const&, Inject const&) = default;
    };
    /// Bytes in place of as many bytes.
    struct Overwrite {
        std::string bytes;
        friend bool operator==(Overwrite const&, Overwrite const&) = default;
    };
    /// The bits of the byte are inverted.
    struct Corrupt {
        friend bool operator==(Corrupt, Corrupt) = default;
    };
    /// A fatal alert in a record that is not encrypted; then the connection ends.
    struct Alert {
        std::uint8_t code = 0;
        friend bool operator==(Alert const&, Alert const&) = default;
    };

    WireOffset at;
    std::variant<Pause, End, Inject, Overwrite, Corrupt, Alert> what;
    std::string text;  ///< as it was written: `precord2,f`

    friend bool operator==(TlsFaultAction const&, TlsFaultAction const&) = default;
};

/// In the order in which they were written. Actions at one place happen in this order.
using TlsFault = std::vector<TlsFaultAction>;

/// Parses actions with colons or white space between them.
///
/// Shape:  pOFFSET,TIME  dOFFSET[,ENDING]  iOFFSET,'BYTES'  oOFFSET,'BYTES'  cOFFSET  aOFFSET,ALERT. Times (no ranges),
///         endings and quoted bytes are those of specs. OFFSET is a number, `recordN`, `recordN+5` or `recordN-1`.
///         ALERT is the name of an alert of TLS or its number. At least one action, at most 100.
/// Errors: SpecErrc::syntax and SpecErrc::too_long, with the span.
Parsed<TlsFault> parse_tls_fault(std::string_view text);

}  // namespace pathology::language
