# Tests, benchmarks and fuzzers of pathology::proxycore, room by room. INCLUDE src is for tests that look at steps nobody
# calls alone, or make certificates that nobody should.

pathology_test(content_test SIZE unit INCLUDE src LINK pathology::content
    SOURCES test/content/charset_test.cpp test/content/coding_test.cpp test/content/decoder_test.cpp
            test/content/encoder_test.cpp test/content/media_type_test.cpp)
pathology_test(flow_test SIZE unit LINK pathology::proxycore
    SOURCES test/flow/connection_test.cpp test/flow/cookies_test.cpp test/errors_test.cpp
            test/flow/flow_test.cpp test/flow/headers_test.cpp test/flow/id_test.cpp test/flow/message_test.cpp
            test/flow/multi_dict_test.cpp test/flow/multipart_test.cpp test/flow/registry_test.cpp test/flow/visit_test.cpp
            test/flow/request_test.cpp test/flow/response_test.cpp test/flow/url_test.cpp test/support/allocations.cpp)
pathology_fuzzer(content_fuzz SOURCES fuzz/content_fuzz.cpp LINK pathology::proxycore SEEDS fuzz/content_seeds)
pathology_fuzzer(flow_fuzz INCLUDE src SOURCES fuzz/flow_fuzz.cpp LINK pathology::proxycore SEEDS fuzz/flow_seeds)
pathology_benchmark(content_bench SOURCES bench/content_bench.cpp LINK pathology::proxycore)
pathology_benchmark(addons_bench SOURCES bench/addons_bench.cpp LINK pathology::proxycore)
pathology_test(addons_test SIZE unit INCLUDE src LINK pathology::proxycore
    SOURCES test/addons/chain_test.cpp test/addons/concurrency_test.cpp test/addons/credentials_test.cpp
            test/addons/dumper_test.cpp test/addons/flow_recorder_test.cpp test/addons/hook_test.cpp test/addons/host_test.cpp
            test/addons/options_test.cpp test/addons/proxy_auth_test.cpp
            test/addons/shared_object_test.cpp test/addons/term_log_test.cpp
    DEFINE  GREETER_ADDON="$<TARGET_FILE:pathology_greeter_addon>" FUTURE_ADDON="$<TARGET_FILE:pathology_future_addon>"
            GREETER_SOURCE="${CMAKE_CURRENT_SOURCE_DIR}/test/addons/greeter_addon.cpp"
            ADDONS_PAGE="${PROJECT_SOURCE_DIR}/doc/addons.md")
pathology_test(addon_loading_test SIZE component LINK pathology::proxycore
    SOURCES test/addons/shared_object_await_test.cpp
    DEFINE  RESOLVER_ADDON="$<TARGET_FILE:pathology_resolver_addon>")
if(PATHOLOGY_BUILD_TESTS)
    foreach(addon greeter future resolver)
        pathology_addon(pathology_${addon}_addon SOURCES test/addons/${addon}_addon.cpp)
        target_link_libraries(pathology_${addon}_addon PRIVATE pathology_build_options)
        use_precompiled(pathology_${addon}_addon proxy)
    endforeach()
    pathology_loads_addons(addons_test)
    pathology_loads_addons(addon_loading_test)
    add_dependencies(addons_test pathology_greeter_addon pathology_future_addon)
    add_dependencies(addon_loading_test pathology_resolver_addon)
endif()
pathology_test(onboarding_test SIZE unit INCLUDE src LINK pathology::proxycore pathology_test_support
    SOURCES test/addons/onboarding_test.cpp)
pathology_test(interception_test SIZE component INCLUDE src LINK pathology_test_proxy pathology::proxycore
    SOURCES test/proxy/interception_test.cpp test/proxy/renegotiation_test.cpp)
pathology_test(tls_layer_test SIZE unit INCLUDE src LINK pathology_test_peers pathology::proxycore
    SOURCES test/layers/tls/intercept_tls_test.cpp test/layers/tls/tls_fixture.cpp test/layers/tls/tls_choices_test.cpp
            test/layers/tls/tls_service_test.cpp)
pathology_test(http1_layer_test SIZE unit WHOLE TIMEOUT 300 INCLUDE src LINK pathology_test_proxy pathology::proxycore
    SOURCES test/layers/exchange/isolated_layer.cpp test/layers/exchange/exchange_test.cpp test/layers/exchange/http1_fixture.cpp
            test/layers/exchange/stub_layers.cpp test/layers/exchange/slow_upload_test.cpp
            test/layers/exchange/streaming_test.cpp
            test/layers/http1/http1_connect_test.cpp test/layers/http1/http1_layer_test.cpp
            test/layers/http1/http1_refused_test.cpp test/layers/http1/http1_target_test.cpp
            test/layers/http1/http1_trouble_test.cpp)
pathology_fuzzer(exchange_fuzz WIDE LINK pathology::proxycore SEEDS fuzz/exchange_seeds DICTIONARY fuzz/http1.dict
    INCLUDE src test
    SOURCES fuzz/exchange_fuzz.cpp test/layers/exchange/isolated_layer.cpp test/layers/exchange/stub_layers.cpp
            test/support/streams.cpp)
pathology_fuzzer(relay_fuzz LINK pathology::proxycore SEEDS fuzz/relay_seeds INCLUDE src test
    SOURCES fuzz/relay_fuzz.cpp test/layers/exchange/isolated_layer.cpp)
pathology_benchmark(exchange_bench LINK pathology::proxycore INCLUDE src test
    SOURCES bench/exchange_bench.cpp test/layers/exchange/isolated_layer.cpp test/layers/exchange/stub_layers.cpp
            test/support/streams.cpp)
pathology_test(websocket_layer_test SIZE unit INCLUDE src LINK pathology_test_peers pathology::proxycore
    SOURCES test/layers/relay/relay_tcp_test.cpp test/layers/relay/relay_websocket_test.cpp)
pathology_test(http2_layer_test SIZE unit INCLUDE src LINK pathology_test_proxy pathology::proxycore
    SOURCES test/layers/http2/http2_fixture.cpp test/layers/http2/http2_client_test.cpp
            test/layers/http2/http2_connect_test.cpp test/layers/http2/http2_preface_test.cpp
            test/layers/http2/http2_relay_test.cpp
            test/layers/http2/http2_server_failure_test.cpp test/layers/http2/http2_server_test.cpp
            test/layers/http2/http2_server_websocket_test.cpp test/layers/http2/http2_window_test.cpp)
pathology_fuzzer(http2_exchange_fuzz WIDE LINK pathology::proxycore SEEDS fuzz/http2_exchange_seeds
    DICTIONARY fuzz/http2.dict INCLUDE src test
    SOURCES fuzz/http2_exchange_fuzz.cpp test/layers/exchange/isolated_layer.cpp)
pathology_test(flow_filter_test SIZE unit LINK pathology::proxycore
    SOURCES test/filter/flow_subject_test.cpp test/filter/match_test.cpp test/filter/sample_flows.cpp)
pathology_test(filter_allocation_test SIZE unit LINK pathology::proxycore
    SOURCES test/filter/allocation_test.cpp test/filter/sample_flows.cpp test/support/allocations.cpp)
pathology_fuzzer(filter_fuzz LINK pathology::proxycore SEEDS fuzz/filter_seeds DICTIONARY fuzz/filter.dict INCLUDE test
    SOURCES fuzz/filter_fuzz.cpp test/filter/sample_flows.cpp)
pathology_benchmark(filter_bench LINK pathology::proxycore INCLUDE test
    SOURCES bench/filter_bench.cpp test/filter/sample_flows.cpp)
pathology_test(modes_test SIZE unit LINK pathology::proxycore SOURCES test/modes/mode_test.cpp)
pathology_test(multiupstream_test SIZE unit WHOLE TIMEOUT 300 LINK pathology::proxycore
    SOURCES test/multiupstream/configuration_test.cpp test/multiupstream/document_mistakes_test.cpp
            test/multiupstream/examples_test.cpp test/multiupstream/field_mistakes_test.cpp
            test/multiupstream/folder_test.cpp test/multiupstream/limits_test.cpp test/multiupstream/load_test.cpp
            test/multiupstream/page_test.cpp
    DEFINE UPSTREAMS_PAGE="${PROJECT_SOURCE_DIR}/doc/upstreams.md")
pathology_fuzzer(multiupstream_fuzz SOURCES fuzz/multiupstream_fuzz.cpp LINK pathology::proxycore
    SEEDS fuzz/multiupstream_seeds DICTIONARY fuzz/multiupstream.dict)
pathology_test(balancer_test SIZE unit WHOLE TIMEOUT 300 INCLUDE src LINK pathology::proxycore nlohmann_json::nlohmann_json
    SOURCES test/multiupstream/affinity_test.cpp test/multiupstream/balancer_test.cpp
            test/multiupstream/explanation_test.cpp test/multiupstream/failure_test.cpp
            test/multiupstream/hash_key_test.cpp test/multiupstream/model_test.cpp test/multiupstream/policy_test.cpp
            test/multiupstream/reload_test.cpp test/multiupstream/rule_index_test.cpp
            test/multiupstream/selection_test.cpp test/multiupstream/statistics_test.cpp
            test/multiupstream/wildcard_test.cpp)
pathology_test(shared_state_unit_test SIZE unit INCLUDE src LINK pathology_test_streams pathology::proxycore
    SOURCES test/multiupstream/leases_test.cpp test/multiupstream/shared_choice_test.cpp test/redis/reply_test.cpp
            test/redis/url_test.cpp)
pathology_test(shared_state_test SIZE component INCLUDE src
    LINK pathology_test_streams pathology_test_support pathology::proxycore
    SOURCES test/multiupstream/redis_state_test.cpp test/redis/client_test.cpp)
pathology_benchmark(balancer_bench SOURCES bench/balancer_bench.cpp LINK pathology::proxycore)
pathology_test(proxy_test SIZE component INCLUDE src LINK pathology_test_proxy pathology::proxycore
    SOURCES test/upstream/network_connections_test.cpp test/upstream/websocket_routes_test.cpp
            test/client/http_client_test.cpp test/client/http_client_tls_test.cpp test/proxy/replay_test.cpp
            test/proxy/flows_test.cpp test/proxy/outside_test.cpp test/proxy/idle_server_test.cpp
            test/proxy/leaving_test.cpp test/proxy/life_test.cpp
            test/proxy/http2_tunnel_test.cpp test/proxy/options_test.cpp test/proxy/own_site_test.cpp test/proxy/regular_test.cpp test/proxy/reverse_test.cpp test/proxy/stream_end_test.cpp test/proxy/protocol_choice_test.cpp
            test/proxy/server_conn_test.cpp test/proxy/socks5_test.cpp test/proxy/transparent_test.cpp
            test/proxy/tunnel_test.cpp test/proxy/upstream_test.cpp test/proxy/upstream_chain_test.cpp)
pathology_test(multiupstream_proxy_test SIZE component TIMEOUT 180 INCLUDE src LINK pathology_test_proxy pathology::proxycore
    SOURCES test/proxy/many_upstreams_test.cpp test/proxy/metrics_test.cpp test/proxy/multiupstream_socks5_test.cpp
            test/proxy/multiupstream_test.cpp test/proxy/upstream_checks_test.cpp test/proxy/websocket_affinity_test.cpp)
pathology_test(proxy_unit_test SIZE unit INCLUDE src LINK pathology::proxycore pathology_test_support
    SOURCES test/addons/block_test.cpp test/layers/guess_layer_test.cpp test/layers/hosts_test.cpp test/layers/repeat_test.cpp
            test/upstream/connection_pool_test.cpp test/proxy/ourselves_test.cpp)
pathology_test(scenarios_test SIZE unit SOURCES test/documents_test.cpp test/scenarios_test.cpp
    DEFINE SOURCE_FOLDER="${PROJECT_SOURCE_DIR}" SCENARIOS_PAGE="${PROJECT_SOURCE_DIR}/doc/scenarios.md" TEST_FOLDER="${CMAKE_CURRENT_SOURCE_DIR}/test"
           INTEGRATION_TEST_FOLDER="${PROJECT_SOURCE_DIR}/integration/test")
pathology_test(forwarder_unit_test SIZE unit INCLUDE src LINK pathology::proxycore pathology_test_support
    SOURCES test/forwarder/activity_log_test.cpp test/forwarder/blacklist_test.cpp test/forwarder/env_file_test.cpp
            test/forwarder/fields_test.cpp test/forwarder/messages_test.cpp test/forwarder/settings_test.cpp
            test/forwarder/slots_test.cpp)
pathology_test(forwarder_test SIZE component INCLUDE src LINK pathology_test_proxy pathology::proxycore
    nlohmann_json::nlohmann_json
    SOURCES test/forwarder/forwarder_fixture.cpp test/forwarder/scripted_backend.cpp test/forwarder/background_test.cpp
            test/forwarder/limits_test.cpp test/forwarder/outcomes_test.cpp test/forwarder/paths_test.cpp
            test/forwarder/secrets_test.cpp test/forwarder/streams_test.cpp)
