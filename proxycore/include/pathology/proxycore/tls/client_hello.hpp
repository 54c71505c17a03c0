// Parses a ClientHello before it is decided how the connection is handled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <pathology/proxycore/tls/failure.hpp>
#include <pathology/proxycore/tls/version.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::tls {

/// The offers of a client (RFC 8446 §4.1.2) that decisions depend on.
struct ClientHello {
    std::string sni;                      ///< the host name; empty if there is none
    std::vector<std::string> alpn;        ///< in the client's order
    std::vector<std::uint16_t> versions;  ///< numbers of the wire, 0x0304 is TLS 1.3; with unknown ones and GREASE
    std::vector<std::uint16_t> ciphers;   ///< as numbers of the wire
    /// The lists of the extensions supported_groups, signature_algorithms and signature_algorithms_cert, as numbers of
    /// the wire; empty if they were not sent.
    std::vector<std::uint16_t> groups, signature_algorithms, signature_algorithms_cert;
};

/// Returns true if a connection begins with a ClientHello: a handshake record (RFC 8446 §5.1), or the form of SSL 2.0
/// (RFC 5246 §E.2). std::nullopt if more bytes are needed: three of a record, five of the old form.
std::optional<bool> begins_with_client_hello(std::string_view first_bytes) noexcept;
/// The same; true if more bytes are needed, and for no bytes.
inline bool looks_like_tls(std::string_view first_bytes) noexcept {
    return begins_with_client_hello(first_bytes).value_or(true);
}
/// Returns true for the first bytes of a TLS record of any type. Of another type than handshake it is no ClientHello, but
/// no HTTP request either.
bool looks_like_tls_record(std::string_view first_bytes) noexcept;

/// The record that sends a fatal alert before encryption begins (RFC 8446 §5.1, §6).
std::string alert_record(Alert const& alert);

/// Parses the first message of a client. It does not replace a handshake: the caller feeds the same bytes to an Engine,
/// or to another layer.
///
///     feed() ─▶ not_tls ─── the first three bytes are neither a record of TLS nor a ClientHello of SSL 2.0
///            ─▶ nothing ─── more bytes are needed
///            ─▶ ClientHello, also for every further call
class ClientHelloReader {
public:
    explicit ClientHelloReader(std::size_t limit = 64 * 1024);  ///< bytes
    ~ClientHelloReader();
    ClientHelloReader(ClientHelloReader const&) = delete;
    ClientHelloReader& operator=(ClientHelloReader const&) = delete;

    /// Consumes the next bytes; std::nullopt if more are needed.
    /// Errors: Errc::not_tls; Errc::protocol_violation and Errc::hello_too_large with the alert that the caller has to
    ///         send (RFC 8446 §6.2).
    Result<std::optional<ClientHello>> feed(std::string_view bytes);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pathology::proxycore::tls
