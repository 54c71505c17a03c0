#include "multiupstream/failure_cause.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

using layers::ProxyFault;

Cause cause_of(ProxyFault fault) {
    switch (fault) {
        case ProxyFault::unreachable: return Cause::refused;
        case ProxyFault::timed_out: return Cause::timed_out;
        case ProxyFault::untrusted: return Cause::tls;
        case ProxyFault::unauthorized: return Cause::credentials;
        case ProxyFault::refused: return Cause::rejected;
        case ProxyFault::malformed: return Cause::protocol;
        case ProxyFault::closed: return Cause::no_response;
    }
    return Cause::other;
}

}  // namespace

std::optional<Cause> cause_of(layers::Failure const& why) {
    if (why.proxy_fault) return cause_of(*why.proxy_fault);
    bool const is_certain = why.code == layers::Errc::untrusted || why.code == layers::Errc::malformed;
    return is_certain ? std::nullopt : std::optional(Cause::no_response);
}

}  // namespace pathology::proxycore::multiupstream
