#include <pathology/proxycore/tls/errc.hpp>

#include <string>
#include <string_view>

namespace pathology::proxycore::tls {
namespace {

std::string_view words(Errc code) {
    switch (code) {
        case Errc::alert_received: return "the peer ended TLS with an alert";
        case Errc::protocol_violation: return "the two sides could not agree on TLS";
        case Errc::not_tls: return "the peer does not speak TLS";
        case Errc::truncated: return "the connection ended without TLS close_notify";
        case Errc::ended_in_handshake: return "the connection ended in the TLS handshake";
        case Errc::certificate_rejected: return "the peer's certificate was rejected";
        case Errc::no_certificate: return "there is no certificate for this name";
        case Errc::bad_certificate_file: return "the file of certificates or keys cannot be used";
        case Errc::bad_settings: return "TLS cannot be set up this way";
        case Errc::hello_too_large: return "the ClientHello is too large";
        case Errc::refused: return "the handshake was refused on purpose";
    }
    return "unknown error";
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"  // Boost protects its destructor instead
class Category final : public boost::system::error_category {
public:
    char const* name() const noexcept override { return "pathology.tls"; }
    std::string message(int code) const override { return std::string(words(static_cast<Errc>(code))); }
};
#pragma GCC diagnostic pop

}  // namespace

boost::system::error_category const& errc_category() noexcept {
    static Category const category;
    return category;
}

error_code make_error_code(Errc code) noexcept { return {static_cast<int>(code), errc_category()}; }

}  // namespace pathology::proxycore::tls
