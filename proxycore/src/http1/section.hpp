// A section is a first line, field lines and an empty line: a head, or the last chunk with its trailers. The scanner
// finds its end as bytes come in, looks at each byte once, and refuses what no setting may hide from the grammar behind
// it.
#pragma once
#include <cstddef>
#include <optional>
#include <pathology/proxycore/http1/failure.hpp>
#include <pathology/proxycore/http1/settings.hpp>
#include <string_view>

namespace pathology::proxycore::http1 {

/// What is wrong, and where the wrong line begins, counted from the first unread byte.
struct Fault {
    Errc code;
    std::size_t at;
};

/// All positions count from the first unread byte, which stays the same until the section is used up.
class Section {
public:
    /// Starts over; the first line begins at `begin`, after a line end that `is_bare` or not.
    void restart(std::size_t begin, bool is_bare = false);

    /// Each looks for its part in `bytes`, which only ever grow. Ask for the fields once the first line is there.
    std::optional<Fault> scan_first_line(std::string_view bytes, Leniency const& leniency);
    std::optional<Fault> scan_fields(std::string_view bytes, Limits const& limits, Leniency const& leniency);

    bool has_first_line() const { return first_line_end_ > 0; }
    bool is_whole() const { return whole_; }
    std::size_t begin() const { return begin_; }
    /// Where the line after the first one begins.
    std::size_t first_line_end() const { return first_line_end_; }
    /// Where the section ends; or as far as it is known.
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

}  // namespace pathology::proxycore::http1
