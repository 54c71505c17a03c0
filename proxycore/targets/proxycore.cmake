# pathology::proxycore: the proxy: flows, content, modes, addons.

pathology_library(proxycore
    SOURCES src/addons/addon.cpp src/addons/chain.cpp src/addons/credentials.cpp src/addons/dump_writer.cpp
            src/addons/dumper.cpp src/addons/flow_recorder.cpp src/addons/hook.cpp src/addons/md5_crypt.cpp
            src/addons/option_value.cpp
            src/addons/options.cpp src/addons/password_hash.cpp src/addons/printable.cpp src/addons/proxy_auth.cpp
            src/addons/shared_object.cpp src/addons/term_log.cpp
            src/addons/onboarding.cpp src/addons/onboarding_page.cpp src/addons/revocations.cpp
            src/content/brotli.cpp src/content/charset.cpp src/content/coding.cpp src/content/decoder.cpp
            src/content/encoder.cpp src/content/failure.cpp src/content/iconv.cpp src/content/infer_charset.cpp
            src/content/media_type.cpp src/content/parameters.cpp src/content/pipeline.cpp src/content/zlib.cpp
            src/content/zstd.cpp
            src/flow/connection.cpp src/flow/cookie_attributes.cpp src/flow/cookie_text.cpp src/flow/date.cpp
            src/flow/escapes.cpp src/flow/flow.cpp src/flow/headers.cpp src/flow/http_flow.cpp src/flow/id.cpp
            src/flow/message.cpp src/flow/multi_dict.cpp src/flow/multipart.cpp
            src/flow/reason.cpp src/flow/request.cpp src/flow/request_views.cpp src/flow/response.cpp
            src/flow/recorded.cpp src/flow/tcp_flow.cpp src/flow/url.cpp
            src/layers/http2_body.cpp src/layers/http2_client.cpp src/layers/http2_client_stream.cpp
            src/layers/http2_head.cpp src/layers/http2_server.cpp src/layers/http2_server_stream.cpp
            src/layers/http2_tunnel.cpp src/layers/http2_wire.cpp
            src/modes/failure.cpp src/modes/listeners.cpp src/modes/parse.cpp src/modes/print.cpp
            src/layers/abort_watch.cpp src/layers/beside.cpp src/layers/body.cpp
            src/layers/error_page.cpp
            src/layers/exchange.cpp src/layers/exchange_answer.cpp src/layers/exchange_request.cpp
            src/layers/failure.cpp src/layers/http1_client.cpp src/layers/http1_client_stream.cpp
            src/layers/http1_connect.cpp src/layers/http1_framing.cpp src/layers/http1_guard.cpp src/layers/http1_input.cpp
            src/layers/http1_output.cpp src/layers/http1_server.cpp src/layers/refusal.cpp
            src/layers/request_target.cpp src/layers/upgrade.cpp
            src/layers/websocket_side.cpp
            src/layers/client_identities.cpp src/layers/client_tls.cpp src/layers/context.cpp
            src/layers/intercept_tls.cpp src/layers/peek_hello.cpp src/layers/secure_server.cpp
            src/layers/terminate_tls.cpp src/layers/tls_choices.cpp src/layers/tls_service.cpp
            src/addons/block.cpp src/layers/answer_stream.cpp src/layers/connect_along.cpp src/layers/guess_layer.cpp
            src/layers/host_field.cpp src/layers/hosts.cpp src/layers/mode_layer.cpp src/layers/network_routes.cpp
            src/layers/network_servers.cpp src/layers/next_layer.cpp src/layers/open_server.cpp src/layers/peek.cpp
            src/layers/relay.cpp src/layers/relay_tcp.cpp src/layers/relay_websocket.cpp src/layers/serve_client.cpp
            src/layers/server_lane.cpp
            src/proxy/make_settings.cpp src/proxy/options.cpp src/proxy/ourselves.cpp src/proxy/proxy.cpp
            src/proxy/running_proxy.cpp src/upstream/selectors.cpp
    HEADERS include/pathology/proxycore/addons/addon.hpp include/pathology/proxycore/addons/chain.hpp
            include/pathology/proxycore/addons/credentials.hpp include/pathology/proxycore/addons/dump_sink.hpp
            include/pathology/proxycore/addons/dumper.hpp include/pathology/proxycore/addons/flow_recorder.hpp
            include/pathology/proxycore/addons/hook.hpp
            include/pathology/proxycore/addons/hook_data.hpp
            include/pathology/proxycore/addons/log_entry.hpp include/pathology/proxycore/addons/option_value.hpp
            include/pathology/proxycore/addons/options.hpp include/pathology/proxycore/addons/password_hash.hpp
            include/pathology/proxycore/addons/proxy_auth.hpp
            include/pathology/proxycore/addons/shared_object.hpp include/pathology/proxycore/addons/term_log.hpp
            include/pathology/proxycore/addons/onboarding.hpp include/pathology/proxycore/addons/revocations.hpp
            include/pathology/proxycore/content/charset.hpp include/pathology/proxycore/content/coding.hpp
            include/pathology/proxycore/content/decoder.hpp include/pathology/proxycore/content/encoder.hpp
            include/pathology/proxycore/content/failure.hpp include/pathology/proxycore/content/media_type.hpp
            include/pathology/proxycore/flow/address.hpp include/pathology/proxycore/flow/connection.hpp
            include/pathology/proxycore/flow/connection_state.hpp include/pathology/proxycore/flow/cookies.hpp
            include/pathology/proxycore/flow/exceptions.hpp include/pathology/proxycore/flow/flow.hpp
            include/pathology/proxycore/flow/headers.hpp include/pathology/proxycore/flow/http_flow.hpp
            include/pathology/proxycore/flow/id.hpp include/pathology/proxycore/flow/message.hpp
            include/pathology/proxycore/flow/multi_dict.hpp include/pathology/proxycore/flow/multipart.hpp
            include/pathology/proxycore/flow/recorded.hpp include/pathology/proxycore/flow/request.hpp
            include/pathology/proxycore/flow/response.hpp include/pathology/proxycore/flow/tcp_flow.hpp
            include/pathology/proxycore/flow/time.hpp include/pathology/proxycore/flow/url.hpp
            include/pathology/proxycore/flow/websocket_data.hpp
            include/pathology/proxycore/layers/context.hpp include/pathology/proxycore/layers/exchange.hpp
            include/pathology/proxycore/layers/failure.hpp include/pathology/proxycore/layers/http1_server.hpp
            include/pathology/proxycore/addons/block.hpp include/pathology/proxycore/layers/hosts.hpp
            include/pathology/proxycore/proxy/options.hpp include/pathology/proxycore/proxy/proxy.hpp
            include/pathology/proxycore/upstream/route.hpp
            include/pathology/proxycore/layers/http_streams.hpp include/pathology/proxycore/layers/layers.hpp
            include/pathology/proxycore/layers/servers.hpp include/pathology/proxycore/layers/settings.hpp
            include/pathology/proxycore/layers/tls_service.hpp
            include/pathology/proxycore/layers/http2_server.hpp
            include/pathology/proxycore/modes/failure.hpp include/pathology/proxycore/modes/mode.hpp
    PUBLIC  pathology::pattern pathology::protocol pathology::tls pathology::tunnel
    PRIVATE pathology::console OpenSSL::Crypto PkgConfig::BROTLI PkgConfig::ZSTD ZLIB::ZLIB crypt ${CMAKE_DL_LIBS})
pathology_test(content_test SIZE unit LINK pathology::proxycore
    SOURCES test/content/charset_test.cpp test/content/coding_test.cpp test/content/decoder_test.cpp
            test/content/encoder_test.cpp test/content/media_type_test.cpp)
pathology_test(flow_test SIZE unit LINK pathology::proxycore
    SOURCES test/flow/connection_test.cpp test/flow/cookies_test.cpp test/flow/exceptions_test.cpp
            test/flow/flow_test.cpp test/flow/headers_test.cpp test/flow/id_test.cpp test/flow/message_test.cpp
            test/flow/multi_dict_test.cpp test/flow/multipart_test.cpp
            test/flow/request_test.cpp test/flow/response_test.cpp test/flow/url_test.cpp)
pathology_fuzzer(content_fuzz SOURCES fuzz/content_fuzz.cpp LINK pathology::proxycore SEEDS fuzz/content_seeds)
pathology_fuzzer(flow_fuzz SOURCES fuzz/flow_fuzz.cpp LINK pathology::proxycore SEEDS fuzz/flow_seeds)
pathology_benchmark(content_bench SOURCES bench/content_bench.cpp LINK pathology::proxycore)
pathology_benchmark(addons_bench SOURCES bench/addons_bench.cpp LINK pathology::proxycore)
pathology_test(addons_test SIZE unit LINK pathology::proxycore
    SOURCES test/addons/chain_test.cpp test/addons/concurrency_test.cpp test/addons/credentials_test.cpp
            test/addons/dumper_test.cpp test/addons/flow_recorder_test.cpp test/addons/hook_test.cpp
            test/addons/options_test.cpp test/addons/proxy_auth_test.cpp
            test/addons/shared_object_test.cpp test/addons/term_log_test.cpp
    DEFINE  GREETER_ADDON="$<TARGET_FILE:pathology_greeter_addon>" FUTURE_ADDON="$<TARGET_FILE:pathology_future_addon>"
            GREETER_SOURCE="${CMAKE_CURRENT_SOURCE_DIR}/test/addons/greeter_addon.cpp"
            ADDONS_PAGE="${PROJECT_SOURCE_DIR}/doc/addons.md")
if(PATHOLOGY_BUILD_TESTS)
    add_library(pathology_greeter_addon MODULE test/addons/greeter_addon.cpp)
    add_library(pathology_future_addon MODULE test/addons/future_addon.cpp)
    target_link_libraries(pathology_greeter_addon PRIVATE pathology::proxycore pathology_build_options)
    target_link_libraries(pathology_future_addon PRIVATE pathology_build_options)
    add_dependencies(addons_test pathology_greeter_addon pathology_future_addon)
endif()
pathology_test(onboarding_test SIZE unit LINK pathology::proxycore pathology_test_support
    SOURCES test/addons/onboarding_test.cpp)
pathology_test(interception_test SIZE component LINK pathology::proxycore pathology_test_support OpenSSL::Crypto
    SOURCES test/proxy/interception_test.cpp test/proxy/origin.cpp test/proxy/proxy_bench.cpp
            test/proxy/secure_origin.cpp test/proxy/visitor.cpp test/support/streams.cpp test/tls/talk.cpp)
if(PATHOLOGY_BUILD_TESTS)
    target_include_directories(interception_test PRIVATE src)
endif()
pathology_test(tls_layer_test SIZE unit LINK pathology::proxycore pathology_test_support OpenSSL::Crypto
    SOURCES test/layers/intercept_tls_test.cpp test/layers/tls_bench.cpp test/layers/tls_choices_test.cpp
            test/layers/tls_service_test.cpp test/support/streams.cpp test/tls/talk.cpp)
if(PATHOLOGY_BUILD_TESTS)
    target_include_directories(tls_layer_test PRIVATE src)
endif()
pathology_test(http1_layer_test SIZE unit LINK pathology::proxycore
    SOURCES test/layers/http1_layer_test.cpp test/layers/http1_trouble_test.cpp test/layers/exchange_test.cpp
            test/layers/streaming_test.cpp
            test/layers/alone.cpp test/layers/http_bench.cpp test/support/streams.cpp)
pathology_fuzzer(exchange_fuzz SOURCES fuzz/exchange_fuzz.cpp test/layers/alone.cpp test/support/streams.cpp
                 LINK pathology::proxycore SEEDS fuzz/exchange_seeds DICTIONARY fuzz/http1.dict INCLUDE test)
pathology_benchmark(exchange_bench SOURCES bench/exchange_bench.cpp test/layers/alone.cpp test/support/streams.cpp
                    LINK pathology::proxycore INCLUDE test)
pathology_test(websocket_layer_test SIZE unit LINK pathology::proxycore pathology_test_support
    SOURCES test/layers/relay_websocket_test.cpp test/support/streams.cpp test/websocket/talk.cpp)
pathology_test(http2_layer_test SIZE unit LINK pathology::proxycore
    SOURCES test/layers/http2_bench.cpp test/layers/http2_client_test.cpp test/layers/http2_relay_test.cpp
            test/layers/http2_server_test.cpp
            test/http2/server.cpp test/http2/wire.cpp test/support/streams.cpp)
pathology_test(modes_test SIZE unit LINK pathology::proxycore SOURCES test/modes/mode_test.cpp)
pathology_test(proxy_test SIZE component LINK pathology::proxycore pathology_test_support OpenSSL::Crypto
    SOURCES test/layers/network_servers_test.cpp test/proxy/life_test.cpp test/proxy/options_test.cpp
            test/proxy/origin.cpp test/proxy/proxy_bench.cpp test/proxy/regular_test.cpp test/proxy/reverse_test.cpp test/proxy/secure_origin.cpp test/proxy/socks5_test.cpp
            test/proxy/transparent_test.cpp test/proxy/tunnel_test.cpp test/proxy/upstream_test.cpp
            test/proxy/visitor.cpp test/support/socks5_server.cpp test/support/streams.cpp test/tls/talk.cpp)
if(PATHOLOGY_BUILD_TESTS)
    target_include_directories(proxy_test PRIVATE src)  # its certificates are those that nobody else makes
endif()
pathology_test(proxy_unit_test SIZE unit LINK pathology::proxycore pathology_test_support
    SOURCES test/addons/block_test.cpp test/layers/guess_layer_test.cpp test/layers/hosts_test.cpp
            test/layers/server_lane_test.cpp test/proxy/ourselves_test.cpp)
if(PATHOLOGY_BUILD_TESTS)
    target_include_directories(proxy_unit_test PRIVATE src)  # they look at steps that nobody calls alone
endif()
pathology_test(scenarios_test SIZE unit SOURCES test/scenarios_test.cpp
    DEFINE SCENARIOS_PAGE="${PROJECT_SOURCE_DIR}/doc/scenarios.md" TEST_FOLDER="${CMAKE_CURRENT_SOURCE_DIR}/test"
           SCENES_FOLDER="${PROJECT_SOURCE_DIR}/integration/test")
