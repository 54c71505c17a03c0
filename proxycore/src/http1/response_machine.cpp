#include "http1/response_machine.hpp"

#include <utility>

namespace pathology::proxycore::http1 {
namespace {

constexpr char disguise = '-';

/// Whether a field of this name would frame a body, or is in the disguise of one that would.
bool frames_a_body(std::string_view name) {
    for (std::string_view const known : {"Content-Length", "Transfer-Encoding"}) {
        if (http::equals_ignoring_case(name, known)) return true;
        if (name.starts_with(disguise) && http::equals_ignoring_case(name.substr(1), known.substr(1))) return true;
    }
    return false;
}

}  // namespace

// Methods are case-sensitive (RFC 9110 §9.1): a reply to `head` may have a body.
void ResponseMachine::expect_reply_to(std::string_view method) {
    asked_.push_back(method == "HEAD" ? Asked::head : method == "CONNECT" ? Asked::connect : Asked::get);
}

// RFC 9112 §6.3 rules 1 and 2: no content after HEAD, and after a 2xx to CONNECT. (1xx, 204 and 304 are in the
// grammar.)
bool ResponseMachine::skips_body(std::string_view line, StartLine const& start) {
    constexpr std::size_t status_at = std::string_view("HTTP/1.1 ").size();
    bool const is_success =
        start.status ? *start.status / 100 == 2 : line.substr(std::min(status_at, line.size())).starts_with('2');
    opens_tunnel_ = asked() == Asked::connect && is_success;
    return asked() == Asked::head || opens_tunnel_;
}

// RFC 9110 §9.3.6: "A client MUST ignore any Content-Length or Transfer-Encoding header fields received in a successful
// response to CONNECT." The grammar would judge them, so it sees them under other names.
std::string_view ResponseMachine::rewrite(std::string_view lines) {
    if (!opens_tunnel_) return lines;
    disguised_ = lines;
    hidden_.clear();
    for (std::size_t at = 0; at < lines.size(); at = lines.find('\n', at) + 1) {
        auto const line = line_at(lines, at);
        if (!frames_a_body(line.substr(0, line.find(':')))) continue;
        hidden_ += std::exchange(disguised_[at], disguise);
    }
    return disguised_;
}

void ResponseMachine::undo_rewrite() {
    if (hidden_.empty()) return;
    http::Fields fields;
    std::size_t restored = 0;
    for (auto const field : head.fields) {
        std::string name(field.name);
        if (frames_a_body(name)) name.front() = hidden_[restored++];
        fields.add(name, field.value);
    }
    head.fields = std::move(fields);
}

std::optional<Breach> ResponseMachine::check_head(StartLine const& start) {
    head.version = start.version;
    if (start.status) head.status = *start.status;
    if (opens_tunnel_) {
        undo_rewrite();
        return std::nullopt;
    }
    return check_framing(head.fields, head.version, *grammar_, Kind::response);
}

void ResponseMachine::message_ended() {
    if (!is_interim() && !asked_.empty()) asked_.erase(asked_.begin());
}

}  // namespace pathology::proxycore::http1
