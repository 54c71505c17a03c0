// Bytes that were read before it was known whose they are, given back to the stream they came from.
#pragma once

#include <memory>
#include <pathology/proxycore/net/stream.hpp>
#include <string>

namespace pathology::proxycore::net {

/// A stream that gives `bytes` first, then what `stream` gives; everything else is that stream's. Without bytes it is
/// that very stream.
std::unique_ptr<Stream> unread(std::unique_ptr<Stream> stream, std::string bytes);

}  // namespace pathology::proxycore::net
