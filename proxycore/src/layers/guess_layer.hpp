// Finds the protocol of a connection by its first bytes (P10).
#pragma once

#include <pathology/proxycore/addons/hook_data.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::layers {

/// What is known of a connection, or of the stream inside a tunnel or TLS.
struct FirstBytes {
    std::string_view from_client{}, from_server{};
    std::string_view alpn{};    ///< the protocol that the enclosing TLS selected; empty = none
    bool is_tcp_host = false;   ///< the host matches tcp_hosts
    bool is_http_only = false;  ///< the mode accepts nothing else
    bool takes_tcp = true;      ///< bytes that do not look like HTTP may be relayed as TCP
    bool has_time = true;       ///< waiting for more bytes is allowed
};

/// Checks in this order: TLS by its record header, TCP by host, HTTP by mode or ALPN, then HTTP or TCP by the first
/// bytes. Returns undecided only if `has_time`.
addons::NextLayer guess_layer(FirstBytes const& known);

/// The host in the Host field of an HTTP/1 request, without its port; empty if the bytes have no complete Host field.
std::string host_field_of(std::string_view first_bytes);

}  // namespace pathology::proxycore::layers
