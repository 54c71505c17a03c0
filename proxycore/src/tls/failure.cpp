#include <pathology/proxycore/tls/failure.hpp>

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <charconv>
#include <pathology/proxycore/tls/alert_names.hpp>

namespace pathology::proxycore::tls {
namespace {

struct AlertName {
    std::uint8_t code;
    std::string_view name;
};

// RFC 8446 §6 and RFC 5246 §7.2; the registry of TLS alerts.
constexpr AlertName alert_names[] = {
    {0, "close_notify"},
    {10, "unexpected_message"},
    {20, "bad_record_mac"},
    {21, "decryption_failed"},
    {22, "record_overflow"},
    {30, "decompression_failure"},
    {40, "handshake_failure"},
    {41, "no_certificate"},
    {42, "bad_certificate"},
    {43, "unsupported_certificate"},
    {44, "certificate_revoked"},
    {45, "certificate_expired"},
    {46, "certificate_unknown"},
    {47, "illegal_parameter"},
    {48, "unknown_ca"},
    {49, "access_denied"},
    {50, "decode_error"},
    {51, "decrypt_error"},
    {60, "export_restriction"},
    {70, "protocol_version"},
    {71, "insufficient_security"},
    {80, "internal_error"},
    {86, "inappropriate_fallback"},
    {90, "user_canceled"},
    {100, "no_renegotiation"},
    {109, "missing_extension"},
    {110, "unsupported_extension"},
    {111, "certificate_unobtainable"},
    {112, "unrecognized_name"},
    {113, "bad_certificate_status_response"},
    {114, "bad_certificate_hash_value"},
    {115, "unknown_psk_identity"},
    {116, "certificate_required"},
    {120, "no_application_protocol"},
};

}  // namespace

std::string_view Alert::name() const noexcept {
    auto const* const found = std::ranges::find(alert_names, code, &AlertName::code);
    return found != std::end(alert_names) ? found->name : "unknown";
}

std::optional<std::uint8_t> alert_code(std::string_view name) {
    auto const* const found = std::ranges::find(alert_names, name, &AlertName::name);
    if (found != std::end(alert_names)) return found->code;
    std::uint8_t code = 0;
    auto const [end, error] = std::from_chars(name.data(), name.data() + name.size(), code);
    bool const is_number = !name.empty() && error == std::errc() && end == name.data() + name.size();
    return is_number ? std::optional(code) : std::nullopt;
}

std::string to_string(Alert const& alert) {
    return std::string(alert.name()) + " (" + std::to_string(alert.code) + ")";
}

void throw_exception_from_error(Failure const& failure, boost::source_location const&) {
    throw boost::system::system_error(failure.code, failure.message);
}

}  // namespace pathology::proxycore::tls
