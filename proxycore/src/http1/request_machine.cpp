#include "http1/request_machine.hpp"

namespace pathology::proxycore::http1 {

std::optional<Breach> RequestMachine::check_head(StartLine const& start) {
    head.version = start.version;
    if (auto const breach = check_target(head, leniency_)) return breach;
    if (auto const breach = check_host(head, grammar_->facts(), leniency_)) return breach;
    if (leniency_.any_framing) {
        disguise_.take_off(head.fields);
    } else if (auto const breach = check_framing(head.fields, head.version, *grammar_, Kind::request)) {
        return breach;
    }
    // RFC 9110 §10.1.1: a server "MUST ignore" the expectation in HTTP/1.0, and may where there is no content.
    expects_continue = grammar_->facts().expect && head.version >= http::Version{1, 1} && !grammar_->is_complete() &&
                       head.fields.has_token("Expect", "100-continue");
    return std::nullopt;
}

}  // namespace pathology::proxycore::http1
