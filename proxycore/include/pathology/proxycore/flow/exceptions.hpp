// What the proxy and its addons throw, and why: one root, and under it one class for each kind of trouble.
//
//   ProxyException ─┬─ Kill
//                   ├─ ProtocolException ─┬─ TlsProtocolException ─┬─ ClientHandshakeException
//                   │                     │                        └─ InvalidServerCertificate
//                   │                     ├─ Socks5ProtocolException
//                   │                     └─ HttpProtocolException · Http2ProtocolException
//                   ├─ ServerException · ContentViewException · ReplayException · FlowReadException
//                   ├─ ControlException · ScriptException · SetServerNotAllowedException
//                   └─ OptionsError · AddonError · CommandError
//
// Codecs and streams throw none of these: they return failures. A layer turns a failure into a ProtocolException when
// it can only end the conversation; addons throw what they like, and AddonChain turns that into a line of the log.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace pathology::proxycore::flow {

/// The root. what() is a whole sentence.
class ProxyException : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Close both sides now.
class Kill : public ProxyException {
public:
    using ProxyException::ProxyException;
};

/// Bad input, or a network that does not get through; a layer throws nothing else.
class ProtocolException : public ProxyException {
public:
    using ProxyException::ProxyException;
};

/// A TLS handshake that failed.
class TlsProtocolException : public ProtocolException {
public:
    using ProtocolException::ProtocolException;
};

/// The client ended its handshake, most often because it does not trust our authority.
class ClientHandshakeException : public TlsProtocolException {
public:
    ClientHandshakeException(std::string const& message, std::string server)
        : TlsProtocolException(message), server_(std::move(server)) {}
    /// The name the client wanted to reach.
    std::string const& server() const noexcept { return server_; }

private:
    std::string server_;
};

/// A server's certificate did not pass.
class InvalidServerCertificate : public TlsProtocolException {
public:
    using TlsProtocolException::TlsProtocolException;
};

class Socks5ProtocolException : public ProtocolException {
public:
    using ProtocolException::ProtocolException;
};

class HttpProtocolException : public ProtocolException {
public:
    using ProtocolException::ProtocolException;
};

class Http2ProtocolException : public ProtocolException {
public:
    using ProtocolException::ProtocolException;
};

/// A listener could not start.
class ServerException : public ProxyException {
public:
    using ProxyException::ProxyException;
};

/// Content could not be shown in the view that was asked for.
class ContentViewException : public ProxyException {
public:
    using ProxyException::ProxyException;
};

/// A flow cannot be replayed.
class ReplayException : public ProxyException {
public:
    using ProxyException::ProxyException;
};

/// A flow file is broken.
class FlowReadException : public ProxyException {
public:
    using ProxyException::ProxyException;
};

/// What was asked of a flow or of the proxy cannot be done in the state it is in.
class ControlException : public ProxyException {
public:
    using ProxyException::ProxyException;
};

/// A script failed; what() holds its traceback.
class ScriptException : public ProxyException {
public:
    using ProxyException::ProxyException;
};

/// The address of a server was to be changed while the connection to it is open.
class SetServerNotAllowedException : public ProxyException {
public:
    using ProxyException::ProxyException;
};

/// An option that does not exist, or a value that it does not take.
class OptionsError : public ProxyException {
public:
    using ProxyException::ProxyException;
};

/// An addon that cannot be had, or breaks the rules for addons.
class AddonError : public ProxyException {
public:
    using ProxyException::ProxyException;
};

/// A command that does not exist, or arguments that it does not take.
class CommandError : public ProxyException {
public:
    using ProxyException::ProxyException;
};

}  // namespace pathology::proxycore::flow
