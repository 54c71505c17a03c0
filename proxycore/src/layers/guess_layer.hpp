// Which protocol a conversation speaks, by its first bytes (P10).
#pragma once

#include <pathology/proxycore/addons/hook_data.hpp>
#include <string_view>

namespace pathology::proxycore::layers {

/// What is known of a conversation.
struct FirstBytes {
    std::string_view from_client{}, from_server{};
    std::string_view alpn{};    ///< what TLS around it agreed on; empty = nothing
    bool is_tcp_host = false;   ///< by the patterns of the options
    bool is_http_only = false;  ///< the mode knows nothing else
    bool takes_tcp = true;      ///< what does not look like HTTP may pass as bytes
    bool has_time = true;       ///< more bytes may be waited for
};

/// In this order: TLS by its record header, TCP by host, HTTP by ALPN, TCP where it looks like no HTTP, HTTP.
/// undecided only while there is time.
addons::NextLayer guess_layer(FirstBytes const& known);

}  // namespace pathology::proxycore::layers
