// Requests and responses as HTTP/2 has them (RFC 9113 §8).
#pragma once
#include <cstddef>
#include <cstdint>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/http2/frame_header.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::http2 {

using StreamId = std::uint32_t;

/// How many frame headers are kept of a request.
inline constexpr std::size_t max_kept_frames = 64;

/// A request: `head` has the method, `:path` as target and the regular fields; the version is 2.0.
struct Request {
    http::RequestHead head{};
    std::string scheme{};
    std::string authority{};
    std::string protocol{};          ///< of an extended CONNECT (RFC 8441)
    http::Fields trailers{};         ///< complete with the end of the request
    std::uint64_t content_size = 0;  ///< bytes of content that came so far
    /// The frames that came for it, the first ones: of its stream, and those of stream 0 since the request before.
    std::vector<FrameHeader> frames{};
    std::uint64_t frame_count = 0;  ///< all of them counted
};

/// A response: `head` has `:status` and the regular fields, no reason; the version is 2.0.
struct Response {
    http::ResponseHead head{.version = {2, 0}};
    http::Fields trailers{};         ///< complete with the end of the response
    std::uint64_t content_size = 0;  ///< bytes of content that came so far
};

}  // namespace pathology::proxycore::http2
