// Puts bytes back into the stream that they were read from.
#pragma once

#include <memory>
#include <pathology/proxycore/net/stream.hpp>
#include <string>

namespace pathology::proxycore::net {

/// Returns a stream whose reads return `bytes` first, then those of `stream`. All other functions are those of
/// `stream`. Returns `stream` itself if `bytes` is empty.
std::unique_ptr<Stream> unread(std::unique_ptr<Stream> stream, std::string bytes);

}  // namespace pathology::proxycore::net
