#include "layers/transfer_coding.hpp"

#include <algorithm>
#include <pathology/proxycore/http/escaped.hpp>
#include <string>

namespace pathology::proxycore::layers {
namespace {

// "identity" was removed by RFC 9112, but old peers send it. An empty list element has no meaning (RFC 9110 §5.6.1).
bool keeps_body(std::string_view coding) {
    for (std::string_view const known : {"", "chunked", "identity"})
        if (http::list_has_token(coding, known)) return true;
    return false;
}

bool changes_body(std::string_view codings) {
    for (;;) {
        auto const comma = codings.find(',');
        if (!keeps_body(codings.substr(0, comma))) return true;
        if (comma == std::string_view::npos) return false;
        codings.remove_prefix(comma + 1);
    }
}

}  // namespace

std::optional<Failure> find_lost_coding(http::Fields const& fields, std::string_view message, std::string_view peer) {
    for (auto const codings : fields.all("Transfer-Encoding")) {
        if (!changes_body(codings)) continue;
        auto const what = "the body of the " + std::string(message) + " has the Transfer-Encoding " +
                          http::quoted(codings) + ", which cannot be sent to " + std::string(peer);
        return Failure{Errc::malformed, what, message == "request" ? 501u : 502u};
    }
    return std::nullopt;
}

}  // namespace pathology::proxycore::layers
