// How the length of a message is expressed over HTTP/1 (RFC 9112 §6), and how its head is written.
#pragma once

#include <cstdint>
#include <optional>
#include <pathology/proxycore/flow/request.hpp>
#include <pathology/proxycore/flow/response.hpp>
#include <string>

#include "layers/http1/server.hpp"

namespace pathology::proxycore::layers {

struct Framing {
    enum class Kind {
        none,         ///< no body, whatever the fields say
        length,       ///< Content-Length
        chunked,      ///< chunked coding, with trailers
        until_close,  ///< until the connection ends
    };
    /// Whether the message has the field, or append_head() adds it.
    enum class Field { present, to_add };

    Kind kind = Kind::none;
    std::uint64_t length = 0;
    Field field = Field::present;
};

/// `size` is that of the whole body; std::nullopt if it is not known yet.
Framing framing_of(flow::Request const& request, std::optional<std::uint64_t> size);
/// The same for the response to the request `asked`, as the client sent it.
Framing framing_of(flow::Response const& response, std::optional<std::uint64_t> size, http::RequestHead const& asked);

/// Returns true if the connection may be used again after a message with this head (RFC 9112 §9.3).
bool keeps_alive(http::Version version, http::Fields const& fields);

/// Append the head as it is sent: adds Host (RFC 9112 §3.2) and the framing field if they are missing; HTTP/2 becomes
/// HTTP/1.1. Everything else is unchanged.
void append_head(std::string& out, flow::Request const& request, RequestForm form, Framing const& framing);
void append_head(std::string& out, flow::Response const& response, Framing const& framing, http::Version of_client);

}  // namespace pathology::proxycore::layers
