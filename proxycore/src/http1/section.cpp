#include "http1/section.hpp"

#include <algorithm>

namespace pathology::proxycore::http1 {
namespace {

// RFC 9112 §2.2: "a recipient MAY recognize a single LF as a line terminator"; strict does not.
bool ends_bare(std::string_view bytes, std::size_t line, std::size_t line_feed) {
    return line_feed == line || bytes[line_feed - 1] != '\r';
}

}  // namespace

void Section::restart(std::size_t begin, bool is_bare) {
    *this = Section();
    bare_line_feed_ = is_bare;
    begin_ = line_ = scanned_ = begin;
}

std::optional<std::size_t> Section::find_line_feed(std::string_view bytes) {
    auto const line_feed = bytes.find('\n', scanned_);
    scanned_ = line_feed == std::string_view::npos ? bytes.size() : line_feed + 1;
    if (line_feed == std::string_view::npos) return std::nullopt;
    return line_feed;
}

std::optional<Fault> Section::scan_first_line(std::string_view bytes, Leniency const& leniency) {
    auto const line_feed = find_line_feed(bytes);
    if (!line_feed) return std::nullopt;
    if (ends_bare(bytes, line_, *line_feed)) {
        if (!leniency.bare_line_feed) return Fault{Errc::bare_line_feed, line_};
        bare_line_feed_ = true;
    }
    line_ = first_line_end_ = *line_feed + 1;
    return std::nullopt;
}

std::optional<Fault> Section::scan_fields(std::string_view bytes, Limits const& limits, Leniency const& leniency) {
    while (auto const line_feed = find_line_feed(bytes)) {
        bool const bare = ends_bare(bytes, line_, *line_feed);
        if (bare && !leniency.bare_line_feed) return Fault{Errc::bare_line_feed, line_};
        bare_line_feed_ |= bare;
        // RFC 9112 §2.2 (white space after the start line) and §5.2 (obs-fold): reject rather than guess.
        bool const goes_on = bytes[line_] == ' ' || bytes[line_] == '\t';
        bool const may_go_on = leniency.line_folding && line_ != first_line_end_;
        if (goes_on && !may_go_on) return Fault{Errc::line_folding, line_};
        whole_ = *line_feed - line_ == (bare ? 0u : 1u);
        if (!whole_ && ++fields_ > limits.fields) return Fault{Errc::too_many_fields, line_};
        line_ = *line_feed + 1;
        if (whole_) break;
    }
    if ((whole_ ? line_ : bytes.size()) - begin_ > limits.head) return Fault{Errc::head_too_large, begin_};
    return std::nullopt;
}

std::string_view line_at(std::string_view bytes, std::size_t at) {
    auto line = bytes.substr(std::min(at, bytes.size()));
    line = line.substr(0, line.find('\n'));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

}  // namespace pathology::proxycore::http1
