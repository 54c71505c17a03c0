// The names of the proxy's options, each with the type of its value.
#pragma once

#include <pathology/proxycore/addons/options.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::proxy::option {

/// The name of an option whose value is a T, one of the types of addons::OptionValue.
template <class T> struct Name {
    std::string_view text;

    constexpr operator std::string_view() const { return text; }  // NOLINT(google-explicit-constructor)
    operator std::string() const { return std::string(text); }    // NOLINT(google-explicit-constructor)
};

// --- listeners ---
inline constexpr Name<addons::TextList> mode{"mode"};
inline constexpr Name<std::string> listen_host{"listen_host"};
inline constexpr Name<addons::OptionalNumber> listen_port{"listen_port"};
inline constexpr Name<bool> server{"server"};

// --- connections ---
inline constexpr Name<std::string> connection_strategy{"connection_strategy"};
inline constexpr Name<std::int64_t> max_servers_per_address{"max_servers_per_address"};
inline constexpr Name<std::int64_t> tcp_timeout{"tcp_timeout"};
inline constexpr Name<std::int64_t> connect_timeout{"connect_timeout"};
inline constexpr Name<std::int64_t> tunnel_probe_timeout{"tunnel_probe_timeout"};
inline constexpr Name<addons::OptionalText> upstream_auth{"upstream_auth"};
inline constexpr Name<bool> http_connect_send_host_header{"http_connect_send_host_header"};

// --- multi-upstream mode ---
inline constexpr Name<std::string> multiupstream_policy{"multiupstream_policy"};
inline constexpr Name<std::int64_t> multiupstream_seed{"multiupstream_seed"};
inline constexpr Name<std::string> multiupstream_no_match{"multiupstream_no_match"};
inline constexpr Name<std::int64_t> multiupstream_max_retries{"multiupstream_max_retries"};
inline constexpr Name<std::int64_t> multiupstream_first_rest{"multiupstream_first_rest"};
inline constexpr Name<std::int64_t> multiupstream_max_rest{"multiupstream_max_rest"};
inline constexpr Name<bool> multiupstream_explain{"multiupstream_explain"};
inline constexpr Name<std::string> multiupstream_shared_state{"multiupstream_shared_state"};
inline constexpr Name<std::int64_t> multiupstream_shared_timeout{"multiupstream_shared_timeout"};
inline constexpr Name<std::int64_t> multiupstream_shared_lease{"multiupstream_shared_lease"};
inline constexpr Name<std::int64_t> multiupstream_check{"multiupstream_check"};
inline constexpr Name<addons::OptionalText> multiupstream_check_target{"multiupstream_check_target"};
inline constexpr Name<addons::OptionalText> multiupstream_metrics{"multiupstream_metrics"};

// --- the forwarder ---
inline constexpr Name<bool> forwarder{"forwarder"};
inline constexpr Name<addons::OptionalText> forwarder_env{"forwarder_env"};

// --- which hosts are intercepted ---
inline constexpr Name<addons::TextList> ignore_hosts{"ignore_hosts"};
inline constexpr Name<addons::TextList> allow_hosts{"allow_hosts"};
inline constexpr Name<addons::TextList> tcp_hosts{"tcp_hosts"};
inline constexpr Name<bool> show_ignored_hosts{"show_ignored_hosts"};

// --- HTTP ---
inline constexpr Name<bool> http2{"http2"};
inline constexpr Name<bool> websocket{"websocket"};
inline constexpr Name<bool> rawtcp{"rawtcp"};
inline constexpr Name<bool> keep_host_header{"keep_host_header"};
inline constexpr Name<bool> validate_inbound_headers{"validate_inbound_headers"};
inline constexpr Name<addons::OptionalText> stream_large_bodies{"stream_large_bodies"};
inline constexpr Name<bool> store_streamed_bodies{"store_streamed_bodies"};
inline constexpr Name<addons::TextList> stream_types{"stream_types"};
inline constexpr Name<addons::OptionalText> body_size_limit{"body_size_limit"};

// --- certificates ---
inline constexpr Name<std::string> confdir{"confdir"};
inline constexpr Name<std::string> ca_basename{"ca_basename"};
inline constexpr Name<std::int64_t> key_size{"key_size"};
inline constexpr Name<addons::OptionalText> cert_passphrase{"cert_passphrase"};
inline constexpr Name<addons::TextList> certs{"certs"};
inline constexpr Name<std::string> sslkeylogfile{"sslkeylogfile"};

// --- TLS ---
inline constexpr Name<std::string> tls_version_client_min{"tls_version_client_min"};
inline constexpr Name<std::string> tls_version_client_max{"tls_version_client_max"};
inline constexpr Name<std::string> tls_version_server_min{"tls_version_server_min"};
inline constexpr Name<std::string> tls_version_server_max{"tls_version_server_max"};
inline constexpr Name<addons::OptionalText> ciphers_client{"ciphers_client"};
inline constexpr Name<addons::OptionalText> ciphers_server{"ciphers_server"};
inline constexpr Name<bool> upstream_cert{"upstream_cert"};
inline constexpr Name<bool> add_upstream_certs_to_client_chain{"add_upstream_certs_to_client_chain"};
inline constexpr Name<bool> ssl_insecure{"ssl_insecure"};
inline constexpr Name<bool> tls_resume_server{"tls_resume_server"};
inline constexpr Name<addons::OptionalText> ssl_verify_upstream_trusted_ca{"ssl_verify_upstream_trusted_ca"};
inline constexpr Name<addons::OptionalText> ssl_verify_upstream_trusted_confdir{"ssl_verify_upstream_trusted_confdir"};
inline constexpr Name<addons::OptionalText> client_certs{"client_certs"};
inline constexpr Name<bool> request_client_cert{"request_client_cert"};

}  // namespace pathology::proxycore::proxy::option
