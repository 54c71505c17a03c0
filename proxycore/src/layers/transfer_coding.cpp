#include "layers/transfer_coding.hpp"

#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/http/judgement.hpp>
#include <string>

namespace pathology::proxycore::layers {

std::optional<Failure> find_lost_coding(http::Fields const& fields, std::string_view message, std::string_view peer) {
    auto const codings = http::find_coding_beyond_chunked(fields);
    if (!codings) return std::nullopt;
    auto const what = "the body of the " + std::string(message) + " has the Transfer-Encoding " +
                      http::quoted(*codings) + ", which cannot be sent to " + std::string(peer);
    return Failure{Errc::malformed, what, message == "request" ? 501u : 502u};
}

}  // namespace pathology::proxycore::layers
