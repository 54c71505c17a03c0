// Parses a ClientHello before it is decided how the connection is handled.
#pragma once

#include <cstddef>
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
};

/// Returns true if a TLS connection may begin with these bytes: a handshake record (RFC 8446 §5.1). True for no bytes.
bool looks_like_tls(std::string_view first_bytes) noexcept;

/// Parses the first message of a client. It does not replace a handshake: the caller feeds the same bytes to an Engine,
/// or to another layer.
///
///     feed() ─▶ not_tls ─── the first three bytes are no handshake record
///            ─▶ nothing ─── more bytes are needed
///            ─▶ ClientHello, also for every further call
class ClientHelloReader {
public:
    explicit ClientHelloReader(std::size_t limit = 64 * 1024);  ///< bytes
    ~ClientHelloReader();
    ClientHelloReader(ClientHelloReader const&) = delete;
    ClientHelloReader& operator=(ClientHelloReader const&) = delete;

    /// Consumes the next bytes; std::nullopt if more are needed.
    /// Errors: Errc::not_tls, Errc::protocol_violation, Errc::hello_too_large.
    Result<std::optional<ClientHello>> feed(std::string_view bytes);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pathology::proxycore::tls
