// Lines of a message before the grammar reads them: where a section ends, and what a start line says.
//
// A section is a first line, field lines and an empty line: a head, or the last chunk with its trailers. The scanner
// looks at each byte once, as bytes arrive, and refuses what no setting may hide from the grammar behind it.
#pragma once
#include <cstddef>
#include <optional>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/http1/failure.hpp>
#include <pathology/proxycore/http1/settings.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::http1 {

/// What is wrong; `at` is where the wrong line begins, counted from the first unread byte.
struct ParseError {
    Errc code;
    std::size_t at;
};

/// All positions count from the first unread byte, which does not change before the whole section is consumed.
class Section {
public:
    /// Starts over with a first line at `begin`. `is_bare`: the line end before it was LF alone.
    void restart(std::size_t begin, bool is_bare = false);

    /// Each looks for its part in `bytes`, which only grow from call to call. Scan the fields after the first line.
    std::optional<ParseError> scan_first_line(std::string_view bytes, Leniency const& leniency);
    std::optional<ParseError> scan_fields(std::string_view bytes, Limits const& limits, Leniency const& leniency);

    bool has_first_line() const { return first_line_end_ > 0; }
    bool is_whole() const { return whole_; }
    std::size_t begin() const { return begin_; }
    /// Where the line after the first one begins.
    std::size_t first_line_end() const { return first_line_end_; }
    /// Where the section ends; before is_whole(), how far it is known.
    std::size_t end() const { return line_; }
    /// Whether some line ended in LF alone.
    bool has_bare_line_feed() const { return bare_line_feed_; }

private:
    /// Where the LF of the line that begins at `line_` is.
    std::optional<std::size_t> find_line_feed(std::string_view bytes);

    std::size_t begin_ = 0, first_line_end_ = 0;
    std::size_t line_ = 0;     // where the line in progress begins
    std::size_t scanned_ = 0;  // no LF between line_ and here
    std::size_t fields_ = 0;
    bool whole_ = false, bare_line_feed_ = false;
};

/// The line that begins at `at`, without its line end.
std::string_view line_at(std::string_view bytes, std::size_t at);

// --- start lines -----------------------------------------------------------------------------------------------------

/// What a start line says beyond Beast's grammar, and the line to give to the grammar instead, if any.
struct StartLine {
    std::optional<Errc> error;
    http::Version version;           ///< as sent
    std::optional<unsigned> status;  ///< as sent, when it has to be rewritten
    std::string rewritten;           ///< with CR LF; empty if the line can stay as it is
};

/// Both take the line without its line end. Other errors of the line are left to the grammar.
StartLine read_request_line(std::string_view line, Leniency const& leniency);
StartLine read_status_line(std::string_view line, Leniency const& leniency);

/// Whether bytes may become a response: a status line, or the SETTINGS of HTTP/2, which get an error of their own.
bool may_begin_response(std::string_view bytes);
/// Whether bytes begin with the header of a SETTINGS frame, as an HTTP/2 server does (RFC 9113 §3.4, §6.5).
bool begins_with_settings(std::string_view bytes);

}  // namespace pathology::proxycore::http1
