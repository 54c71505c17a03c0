// Exceptions that several rooms throw. Those of one room are declared beside what throws them:
//
//     ProxyException ─┬─ OptionsError                          addons, modes, layers, proxy
//                     ├─ ControlException                      flow, proxy
//                     ├─ ProtocolException                     flow, layers: value() of a failed result
//                     ├─ flow::SetServerNotAllowedException    flow/connection.hpp
//                     ├─ addons::AddonError, AddonHalt         addons/addon.hpp
//                     └─ proxy::ServerException                proxy/proxy.hpp
//
// Codecs, streams and layers throw none of these: they return failures. AddonChain logs what a hook throws.
#pragma once

#include <stdexcept>

namespace pathology::proxycore {

/// The root: one catch holds them all. what() is a whole sentence.
class ProxyException : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Malformed input, or a network that failed.
class ProtocolException : public ProxyException {
public:
    using ProxyException::ProxyException;
};

/// An operation that a flow or the proxy does not allow in its present state.
class ControlException : public ProxyException {
public:
    using ProxyException::ProxyException;
};

/// An unknown option, or a value that it does not accept.
class OptionsError : public ProxyException {
public:
    using ProxyException::ProxyException;
};

}  // namespace pathology::proxycore
