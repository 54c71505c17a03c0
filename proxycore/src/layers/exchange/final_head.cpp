#include "layers/exchange/final_head.hpp"

#include <string>

namespace pathology::proxycore::layers {

std::optional<Failure> objection_to_interim(http::ResponseHead const& head, unsigned earlier,
                                            flow::Request const& request) {
    auto const server = "the server " + to_string(Endpoint{request.host(), request.port()});
    // RFC 9110 §7.8: a server may switch only to a protocol that the client named in Upgrade.
    if (head.status == 101 && !request.headers.contains("Upgrade"))
        return Failure{Errc::malformed, server + " sent 101, but the request has no Upgrade field", 502};
    if (head.status == 101 || earlier < max_interim_responses) return std::nullopt;
    return Failure{Errc::malformed,
                   server + " sent more than " + std::to_string(max_interim_responses) + " interim responses", 502};
}

}  // namespace pathology::proxycore::layers
