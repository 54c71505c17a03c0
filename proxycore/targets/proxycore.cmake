# pathology::proxycore: the proxy: flows, modes, addons.

pathology_library(proxycore PRECOMPILED proxy
    SOURCES src/addons/addon.cpp src/addons/block.cpp src/addons/chain.cpp src/addons/credentials.cpp
            src/addons/dump_writer.cpp src/addons/dumper.cpp src/addons/flow_recorder.cpp src/addons/hook.cpp
            src/addons/host.cpp src/addons/onboarding.cpp src/addons/options.cpp
            src/addons/password_hash.cpp src/addons/printable.cpp src/addons/proxy_auth.cpp src/addons/revocations.cpp
            src/addons/shared_object.cpp src/addons/term_log.cpp
            src/filter/flow_subject.cpp src/flow/connection.cpp src/flow/cookies.cpp src/flow/date.cpp
            src/flow/destination.cpp src/flow/flow.cpp
            src/flow/headers.cpp src/flow/id.cpp src/flow/message.cpp src/flow/multi_dict.cpp src/flow/multipart.cpp
            src/flow/recorded.cpp src/flow/registry.cpp src/flow/request.cpp src/flow/request_views.cpp
            src/flow/response.cpp src/flow/stream_modifier.cpp src/flow/url.cpp src/flow/url_parts.cpp
            src/forwarder/activity_log.cpp src/forwarder/admission.cpp src/forwarder/backend.cpp
            src/forwarder/blacklist.cpp src/forwarder/blacklist_cache.cpp src/forwarder/env_file.cpp
            src/forwarder/fields.cpp src/forwarder/forwarder.cpp src/forwarder/messages.cpp src/forwarder/refusal.cpp
            src/forwarder/request_record.cpp src/forwarder/settings.cpp src/forwarder/slots.cpp
            src/forwarder/state.cpp
            src/layers/client_life.cpp src/layers/context.cpp src/layers/failure.cpp src/layers/guess_layer.cpp
            src/layers/hosts.cpp src/layers/mode_layer.cpp src/layers/next_layer.cpp
            src/layers/peek.cpp src/layers/serve_client.cpp src/layers/transfer_coding.cpp src/layers/race_with_disconnect.cpp
            src/layers/exchange/response.cpp src/layers/exchange/direct_response.cpp src/layers/exchange/body.cpp
            src/layers/exchange/connect.cpp src/layers/exchange/error_page.cpp src/layers/exchange/exchange.cpp src/layers/exchange/final_head.cpp
            src/layers/exchange/refusal.cpp src/layers/exchange/replay.cpp src/client/http_client.cpp
            src/layers/exchange/max_forwards.cpp src/layers/exchange/request.cpp src/layers/exchange/request_target.cpp
            src/layers/exchange/upgrade.cpp
            src/layers/exchange/disconnect_monitor.cpp src/layers/http1/client.cpp src/layers/http1/client_stream.cpp
            src/layers/http1/framing.cpp src/layers/http1/strictness.cpp
            src/layers/http1/input.cpp src/layers/http1/output.cpp src/layers/http1/server.cpp
            src/layers/http2/body.cpp src/layers/http2/client.cpp src/layers/http2/client_stream.cpp
            src/layers/http2/head.cpp src/layers/http2/server.cpp src/layers/http2/server_stream.cpp
            src/layers/http2/connection.cpp src/layers/http2/tunnel.cpp
            src/layers/stream_end.cpp src/layers/relay/relay.cpp src/layers/relay/relay_tcp.cpp src/layers/relay/relay_websocket.cpp
            src/layers/relay/websocket_side.cpp
            src/layers/tls/client_identities.cpp src/layers/tls/client_tls.cpp src/layers/tls/intercept_tls.cpp
            src/layers/tls/peek_hello.cpp src/layers/tls/secure_server.cpp src/layers/tls/terminate_tls.cpp
            src/layers/tls/tls_choices.cpp src/layers/tls/tls_service.cpp
            src/multiupstream/folder_watch.cpp src/multiupstream/leases.cpp src/multiupstream/redis_state.cpp
            src/multiupstream/selector.cpp src/multiupstream/shared_choice.cpp
            src/multiupstream/affinity.cpp src/multiupstream/balancer.cpp src/multiupstream/balancer_explain.cpp
            src/multiupstream/balancer_state.cpp src/multiupstream/candidates.cpp src/multiupstream/cause.cpp
            src/multiupstream/failure_cause.cpp src/multiupstream/prometheus.cpp
            src/multiupstream/hash_key.cpp src/multiupstream/health.cpp src/multiupstream/json.cpp
            src/multiupstream/policy.cpp src/multiupstream/print.cpp src/multiupstream/rendezvous.cpp
            src/multiupstream/rule_index.cpp src/multiupstream/selection.cpp src/multiupstream/statistics.cpp
            src/multiupstream/upstream_table.cpp src/multiupstream/wildcard.cpp
            src/modes/failure.cpp src/modes/listeners.cpp src/modes/parse.cpp src/modes/print.cpp src/modes/traits.cpp
            src/multiupstream/configuration.cpp src/multiupstream/document.cpp src/multiupstream/fields.cpp
            src/multiupstream/json_document.cpp src/multiupstream/load.cpp src/multiupstream/read_hops.cpp
            src/multiupstream/read_rule.cpp src/multiupstream/upstream_reader.cpp src/multiupstream/yaml_document.cpp
            src/proxy/forwarding.cpp src/proxy/make_settings.cpp src/proxy/multi_upstreams.cpp src/proxy/options.cpp
            src/proxy/metrics_endpoint.cpp src/proxy/multi_upstream_settings.cpp src/proxy/upstream_checks.cpp
            src/proxy/ourselves.cpp src/proxy/proxy.cpp src/proxy/running_proxy.cpp
            src/redis/client.cpp src/redis/reply.cpp src/redis/url.cpp
            src/upstream/connection_events.cpp src/upstream/connection_pool.cpp src/upstream/connector.cpp
            src/upstream/connections_ahead.cpp src/upstream/idle_monitor.cpp src/upstream/network_connections.cpp
            src/upstream/protocol_choice.cpp src/upstream/route.cpp src/upstream/route_connector.cpp
            src/upstream/router.cpp src/upstream/selector.cpp
    HEADERS include/pathology/proxycore/client/http_client.hpp include/pathology/proxycore/errors.hpp
            include/pathology/proxycore/addons/addon.hpp include/pathology/proxycore/addons/chain.hpp
            include/pathology/proxycore/addons/dump_sink.hpp include/pathology/proxycore/addons/dumper.hpp
            include/pathology/proxycore/addons/flow_recorder.hpp include/pathology/proxycore/addons/hook.hpp
            include/pathology/proxycore/addons/hook_data.hpp include/pathology/proxycore/addons/host.hpp
            include/pathology/proxycore/addons/log_entry.hpp include/pathology/proxycore/addons/options.hpp
            include/pathology/proxycore/addons/registries.hpp include/pathology/proxycore/addons/shared_object.hpp
            include/pathology/proxycore/addons/term_log.hpp
            include/pathology/proxycore/content/view.hpp
            include/pathology/proxycore/filter/flow_subject.hpp
            include/pathology/proxycore/flow/attachments.hpp
            include/pathology/proxycore/flow/connection.hpp include/pathology/proxycore/flow/cookies.hpp
            include/pathology/proxycore/flow/flow.hpp include/pathology/proxycore/flow/headers.hpp
            include/pathology/proxycore/flow/http_flow.hpp include/pathology/proxycore/flow/id.hpp
            include/pathology/proxycore/flow/message.hpp include/pathology/proxycore/flow/multi_dict.hpp
            include/pathology/proxycore/flow/multipart.hpp include/pathology/proxycore/flow/recorded.hpp
            include/pathology/proxycore/flow/registry.hpp include/pathology/proxycore/flow/request.hpp
            include/pathology/proxycore/flow/response.hpp include/pathology/proxycore/flow/shared_list.hpp
            include/pathology/proxycore/flow/stream_modifier.hpp
            include/pathology/proxycore/flow/tcp_flow.hpp include/pathology/proxycore/flow/time.hpp
            include/pathology/proxycore/flow/url.hpp include/pathology/proxycore/flow/visit.hpp
            include/pathology/proxycore/flow/websocket_data.hpp
            include/pathology/proxycore/forwarder/forwarder.hpp include/pathology/proxycore/forwarder/settings.hpp
            include/pathology/proxycore/layers/error_status.hpp include/pathology/proxycore/layers/failure.hpp
            include/pathology/proxycore/modes/failure.hpp include/pathology/proxycore/modes/mode.hpp
            include/pathology/proxycore/multiupstream/configuration.hpp
            include/pathology/proxycore/multiupstream/balancer.hpp include/pathology/proxycore/multiupstream/cause.hpp
            include/pathology/proxycore/multiupstream/decision.hpp
            include/pathology/proxycore/multiupstream/explanation.hpp
            include/pathology/proxycore/multiupstream/health.hpp include/pathology/proxycore/multiupstream/policy.hpp
            include/pathology/proxycore/multiupstream/question.hpp
            include/pathology/proxycore/multiupstream/selector.hpp
            include/pathology/proxycore/multiupstream/shared_state.hpp
            include/pathology/proxycore/multiupstream/statistics.hpp
            include/pathology/proxycore/proxy/proxy.hpp
            include/pathology/proxycore/upstream/route.hpp include/pathology/proxycore/upstream/selector.hpp
    PUBLIC pathology::content pathology::filter pathology::http2_driver pathology::pattern pathology::protocol pathology::tls
           pathology::tunnel
    PRIVATE pathology::console OpenSSL::Crypto PkgConfig::HIREDIS PkgConfig::PROMETHEUS PkgConfig::YAML crypt
            $<BUILD_INTERFACE:nlohmann_json::nlohmann_json> ${CMAKE_DL_LIBS})

include(targets/proxycore_tests.cmake)
