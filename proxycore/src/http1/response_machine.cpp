#include "http1/response_machine.hpp"

namespace pathology::proxycore::http1 {

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
// response to CONNECT." The grammar would judge them, so it does not see them.
std::string_view ResponseMachine::rewrite(std::string_view lines, bool has_start_line) {
    if (!opens_tunnel_) return Machine::rewrite(lines, has_start_line);
    auto const start_line = has_start_line ? lines.find('\n') + 1 : 0;
    return disguise_.put_on(lines, start_line, leniency_.any_framing, [](std::string_view) { return true; });
}

std::optional<Breach> ResponseMachine::check_head(StartLine const& start) {
    head.version = start.version;
    if (start.status) head.status = *start.status;
    if (opens_tunnel_ || leniency_.any_framing) {
        disguise_.take_off(head.fields);
        return std::nullopt;
    }
    return check_framing(head.fields, head.version, *grammar_, Kind::response);
}

void ResponseMachine::message_ended() {
    if (!is_interim() && !asked_.empty()) asked_.erase(asked_.begin());
}

}  // namespace pathology::proxycore::http1
