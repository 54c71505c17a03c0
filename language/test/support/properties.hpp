#pragma once
// The properties of every message that the grammar accepts, for the property tests and the fuzzer.

#include <pathology/language/parse.hpp>
#include <pathology/language/resolve.hpp>
#include <string>

namespace pathology::language::test {

/// The most bytes of the message of a failure, and of its hint. Both show at most some words of the text.
inline constexpr std::size_t max_sentence = 300;
/// The most bytes of a described failure. The marked line has up to 120 bytes of the text, each of which may become an
/// escape like `\x00`, and `...` on both sides; the line below has a blank for each byte before the caret. Besides these
/// and the sentences there are `spec:LINE:COLUMN: `, the caret, `hint: ` and the line ends.
inline constexpr std::size_t max_marked_line = 120 * 4 + 6;
inline constexpr std::size_t max_description = 2 * max_sentence + 2 * max_marked_line + 50;

/// Parses a text that holds messages of one kind.
using Parser = Parsed<std::vector<Message>> (*)(std::string_view spec);

Parsed<std::vector<Message>> parse_as_response(std::string_view spec);
Parsed<std::vector<Message>> parse_as_requests(std::string_view spec);
Parsed<std::vector<Message>> parse_as_frames(std::string_view spec);
Parsed<std::vector<Message>> parse_as_http2_responses(std::string_view spec);
Parsed<std::vector<Message>> parse_as_http2_requests(std::string_view spec);

/// The place of a message: how its text is parsed, and the settings it is resolved with.
struct Setting {
    char const* name;
    Parser parse;
    Settings settings;
};

/// A server that responses a request, a client that sends, a server inside a WebSocket session, and over HTTP/2 a server
/// on stream 3 and a client on stream 1.
Setting response_setting();
Setting client_setting();
Setting session_setting();
Setting http2_response_setting();
Setting http2_client_setting();

/// Returns the property that a message violates, and how; an empty string if there is none. The properties:
/// the printed text parses to the message; a failure has a message and a place inside the text; resolving twice changes
/// nothing; the plan has the length of what is played, in blocks of any size; the frozen text parses, has nothing left to
/// chance, replays the bytes, and freezes to itself; the place in a request stays, and changes no byte. Messages longer than
/// a megabyte are not played.
std::string broken_property(Message const& message, Setting const& setting, std::uint64_t seed);

/// The same for all messages of a text, and for the failure of a text that has none.
std::string broken_property(std::string_view spec, Setting const& setting, std::uint64_t seed);

/// What is wrong with a failure of this text: it has no message, a long one, or a place outside of the text. Empty if nothing.
std::string broken_failure(SpecFailure const& failure, std::string_view text);

}  // namespace pathology::language::test
