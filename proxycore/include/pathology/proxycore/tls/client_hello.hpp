// Reading a ClientHello before it is decided what becomes of the connection.
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

/// What a client offers (RFC 8446 §4.1.2), as far as one decides by it.
struct ClientHello {
    std::string sni;                      ///< the host name; empty without
    std::vector<std::string> alpn;        ///< in the client's order
    std::vector<std::uint16_t> versions;  ///< as numbers of the wire, 0x0304 is TLS 1.3; unknown ones and GREASE too
    std::vector<std::uint16_t> ciphers;   ///< as numbers of the wire
};

/// Whether these may be the first bytes of a TLS connection: a handshake record (RFC 8446 §5.1). An empty text may.
bool looks_like_tls(std::string_view first_bytes) noexcept;

/// Reads the first message of a client. The bytes are looked at, not used up: who decides to go on with TLS gives all
/// of them to an Engine.
class ClientHelloReader {
public:
    explicit ClientHelloReader(std::size_t limit = 64 * 1024);  ///< bytes
    ~ClientHelloReader();
    ClientHelloReader(ClientHelloReader const&) = delete;
    ClientHelloReader& operator=(ClientHelloReader const&) = delete;

    /// Takes the next bytes. Nothing = more are needed.
    /// Errors: Errc::not_tls, Errc::protocol_violation, Errc::hello_too_large.
    Result<std::optional<ClientHello>> feed(std::string_view bytes);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pathology::proxycore::tls
