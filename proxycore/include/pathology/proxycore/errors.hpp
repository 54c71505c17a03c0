// Exceptions that several folders throw. Those of one folder are declared there:
//
//     ProxyException ─┬─ OptionsError                          addons, modes, layers, proxy
//                     ├─ ControlException                      flow, proxy
//                     ├─ ProtocolException                     flow, layers: value() of a failed result
//                     ├─ flow::SetServerNotAllowedException    flow/connection.hpp
//                     ├─ addons::AddonError, AddonHalt         addons/addon.hpp
//                     └─ proxy::ServerException                proxy/proxy.hpp
//
// Codecs, streams and layers throw none of these: they return failures. AddonChain logs the exceptions of hooks.
#pragma once

#include <stdexcept>

namespace pathology::proxycore {

/// The base class. what() is a complete sentence.
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
