// Lines of a message before the grammar parses them: finds the end of a section, and reads start lines.
//
// A section is a first line, field lines and an empty line: a head, or the last chunk with its trailers. The scanner
// examines each byte once, as bytes arrive, and checks what the grammar would accept in any case: line ends, folding
// and limits.
#pragma once
#include <cstddef>
#include <optional>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/http1/failure.hpp>
#include <pathology/proxycore/http1/settings.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::http1 {

/// An error and the begin of its line, counted from the first unread byte.
struct ParseError {
    Errc code;
    std::size_t at;
};

/// All positions count from the first unread byte, which does not change before the whole section is consumed.
class Section {
public:
    /// Starts over with a first line at `begin`. `is_bare`: the line end before it was LF alone.
    void restart(std::size_t begin, bool is_bare = false);

    /// Scan their part of `bytes`, which only grow from call to call. Fields are scanned after the first line.
    std::optional<ParseError> scan_first_line(std::string_view bytes, Leniency const& leniency);
    std::optional<ParseError> scan_fields(std::string_view bytes, Limits const& limits, Leniency const& leniency);

    bool has_first_line() const { return first_line_end_ > 0; }
    bool is_whole() const { return whole_; }
    std::size_t begin() const { return begin_; }
    /// The position after the first line.
    std::size_t first_line_end() const { return first_line_end_; }
    /// The end of the section; before is_whole(), the end of its last complete line.
    std::size_t end() const { return line_; }
    /// Returns true if a line ended in LF alone.
    bool has_bare_line_feed() const { return bare_line_feed_; }

private:
    /// The position of the LF of the line that begins at `line_`.
    std::optional<std::size_t> find_line_feed(std::string_view bytes);

    std::size_t begin_ = 0, first_line_end_ = 0;
    std::size_t line_ = 0;     // begin of the incomplete line
    std::size_t scanned_ = 0;  // no LF between line_ and here
    std::size_t fields_ = 0;
    bool whole_ = false, bare_line_feed_ = false;
};

/// The line that begins at `at`, without its line end.
std::string_view line_at(std::string_view bytes, std::size_t at);

// --- start lines -----------------------------------------------------------------------------------------------------

/// Properties of a start line beyond the grammar of Beast, and its replacement for the grammar, if needed.
struct StartLine {
    std::optional<Errc> error;
    http::Version version;           ///< as sent
    std::optional<unsigned> status;  ///< as sent, if it had to be rewritten
    std::string rewritten;           ///< with CR LF; empty if the line can stay as it is
};

/// Both get the line without its end. The grammar reports other errors of the line.
StartLine read_request_line(std::string_view line, Leniency const& leniency);
StartLine read_status_line(std::string_view line, Leniency const& leniency);

/// Returns true if a response may begin with these bytes: a status line, or SETTINGS of HTTP/2, which get their own
/// error.
bool may_begin_response(std::string_view bytes);
/// Returns true if bytes begin with the header of a SETTINGS frame, as those of an HTTP/2 server (RFC 9113 §3.4, §6.5).
bool begins_with_settings(std::string_view bytes);

}  // namespace pathology::proxycore::http1
