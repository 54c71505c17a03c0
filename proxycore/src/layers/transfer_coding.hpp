// Transfer codings other than chunked (RFC 9112 §7). The proxy passes them on from HTTP/1 to HTTP/1 without decoding; a peer
// that is not sent Transfer-Encoding would take the coded bytes for the body.
#pragma once

#include <optional>
#include <pathology/proxycore/http/fields.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <string_view>

namespace pathology::proxycore::layers {

/// The failure if the body needs its Transfer-Encoding, which `peer` cannot be sent; std::nullopt if it does not need it.
/// `message` is "request" (status 501, RFC 9112 §6.1) or "response" (502).
std::optional<Failure> find_lost_coding(http::Fields const& fields, std::string_view message, std::string_view peer);

}  // namespace pathology::proxycore::layers
