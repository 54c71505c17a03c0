// A TLS 1.2 peer that asks for renegotiation, which an Engine never does.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace pathology::proxycore::tls::test {

/// OpenSSL over memory. Bytes in by feed(), bytes out as results.
class RenegotiatingPeer {
public:
    enum class Side { client, server };
    explicit RenegotiatingPeer(Side side);
    ~RenegotiatingPeer();

    void feed(std::string_view bytes);
    /// Continues the handshake; gives what it sends.
    std::string handshake();
    bool is_established() const;

    std::string encrypt(std::string_view text);
    /// A ClientHello of a client, a HelloRequest of a server, encrypted.
    std::string request_renegotiation();
    /// Reads what was fed; gives what that makes it send.
    std::string read();
    /// The last one, "warning no_renegotiation"; empty if there was none.
    std::string received_alert() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pathology::proxycore::tls::test
