// How a message's end is told to the peer that gets it over HTTP/1 (RFC 9112 §6), and its head as it goes out.
#pragma once

#include <cstdint>
#include <optional>
#include <pathology/proxycore/flow/request.hpp>
#include <pathology/proxycore/flow/response.hpp>
#include <pathology/proxycore/layers/http1/server.hpp>
#include <string>

namespace pathology::proxycore::layers {

struct Framing {
    enum class Kind {
        none,         ///< there is no body, whatever the fields say
        length,       ///< so many bytes
        chunked,      ///< in chunks, with trailers
        until_close,  ///< all that comes until the connection ends
    };
    /// What the fields of the message leave to be said by a line of ours.
    enum class Told { already, by_us };

    Kind kind = Kind::none;
    std::uint64_t length = 0;
    Told told = Told::already;
};

/// `size` is that of the whole body; nothing = it is not known yet.
Framing framing_of(flow::Request const& request, std::optional<std::uint64_t> size);
/// The same for the answer to this request, as the client sent it.
Framing framing_of(flow::Response const& response, std::optional<std::uint64_t> size, http::RequestHead const& asked);

/// Whether a connection may go on after this head.
bool keeps_alive(http::Version version, http::Fields const& fields);

/// Append a head as it goes out, with a Host (RFC 9112 §3.2) and what the framing has to say; messages of HTTP/2 become
/// such of HTTP/1.1. Everything else is as it is.
void append_head(std::string& out, flow::Request const& request, RequestForm form, Framing const& framing);
void append_head(std::string& out, flow::Response const& response, Framing const& framing, http::Version of_client);

}  // namespace pathology::proxycore::layers
