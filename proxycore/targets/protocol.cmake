# pathology::protocol: codecs: bytes ⇄ values, no I/O.

pathology_library(protocol
    SOURCES src/base64.cpp src/endpoint.cpp src/marked_place.cpp src/percent.cpp src/http/content_rule.cpp src/http/escaped.cpp src/http/fields.cpp
            src/http/judgement.cpp src/http/mask.cpp src/http/message.cpp src/http/target.cpp
            src/http1/field_mask.cpp src/http1/grammar.cpp src/http1/lines.cpp src/http1/parser.cpp
            src/http1/read_buffer.cpp src/http1/reader.cpp src/http1/rules.cpp src/http1/serialise.cpp
            src/http2/describe.cpp
            src/http2/frame_follower.cpp src/http2/frame_header.cpp src/http2/frame_reader.cpp src/http2/frame_scanner.cpp
            src/http2/header_decoder.cpp src/http2/hpack.cpp src/http2/huffman.cpp src/http2/names.cpp
            src/http2/broken_rule.cpp src/http2/server_checker.cpp src/http2/violation.cpp
            src/http2/session.cpp src/http2/session_input.cpp src/http2/session_observer.cpp src/http2/session_output.cpp
            src/socks5/message.cpp src/socks5/read.cpp
            src/websocket/assembler.cpp src/websocket/close.cpp src/websocket/deflate.cpp src/websocket/session.cpp
            src/websocket/extension.cpp src/websocket/frame_header.cpp src/websocket/frame_reader.cpp
            src/websocket/handshake.cpp src/websocket/negotiation.cpp src/websocket/opcode.cpp src/websocket/utf8.cpp
            src/websocket/violation.cpp
            src/record/choice.cpp
            src/record/frame_recorder.cpp
            src/record/json.cpp
            src/record/tls.cpp
    HEADERS include/pathology/proxycore/ascii.hpp include/pathology/proxycore/endpoint.hpp
            include/pathology/proxycore/failure.hpp include/pathology/proxycore/marked_place.hpp
            include/pathology/proxycore/percent.hpp
            include/pathology/proxycore/http/escaped.hpp include/pathology/proxycore/http/fields.hpp
            include/pathology/proxycore/http/content_rule.hpp include/pathology/proxycore/http/judgement.hpp
            include/pathology/proxycore/http/mask.hpp
            include/pathology/proxycore/http/message.hpp include/pathology/proxycore/http/target.hpp
            include/pathology/proxycore/http1/failure.hpp include/pathology/proxycore/http1/reader.hpp
            include/pathology/proxycore/http1/serialise.hpp include/pathology/proxycore/http1/settings.hpp
            include/pathology/proxycore/http2/content.hpp
            include/pathology/proxycore/http2/describe.hpp include/pathology/proxycore/http2/failure.hpp
            include/pathology/proxycore/http2/frame_header.hpp
            include/pathology/proxycore/http2/frame_follower.hpp
            include/pathology/proxycore/http2/frame_reader.hpp include/pathology/proxycore/http2/frame_scanner.hpp
            include/pathology/proxycore/http2/header_decoder.hpp include/pathology/proxycore/http2/hpack.hpp
            include/pathology/proxycore/http2/message.hpp include/pathology/proxycore/http2/names.hpp
            include/pathology/proxycore/http2/server_checker.hpp
            include/pathology/proxycore/http2/session.hpp include/pathology/proxycore/http2/session_settings.hpp
            include/pathology/proxycore/http2/violation.hpp
            include/pathology/proxycore/socks5/message.hpp include/pathology/proxycore/socks5/read.hpp
            include/pathology/proxycore/websocket/close.hpp include/pathology/proxycore/websocket/deflate.hpp
            include/pathology/proxycore/websocket/session.hpp include/pathology/proxycore/websocket/extension.hpp
            include/pathology/proxycore/websocket/frame_header.hpp
            include/pathology/proxycore/websocket/frame_reader.hpp
            include/pathology/proxycore/websocket/handshake.hpp include/pathology/proxycore/websocket/opcode.hpp
            include/pathology/proxycore/websocket/violation.hpp
            include/pathology/proxycore/record/choice.hpp
            include/pathology/proxycore/record/clock.hpp include/pathology/proxycore/record/frame_recorder.hpp
            include/pathology/proxycore/record/exchange.hpp include/pathology/proxycore/record/json.hpp
            include/pathology/proxycore/record/relay.hpp
            include/pathology/proxycore/record/tls.hpp include/pathology/proxycore/recently_used.hpp
    PUBLIC Boost::headers
    PRIVATE $<BUILD_INTERFACE:nlohmann_json::nlohmann_json> PkgConfig::NGHTTP2 ZLIB::ZLIB)

pathology_test(protocol_test SIZE unit WHOLE TIMEOUT 300 INCLUDE src
    LINK pathology_test_codecs pathology::protocol nlohmann_json::nlohmann_json PkgConfig::NGHTTP2 PkgConfig::PCRE2
    SOURCES test/base64_test.cpp test/endpoint_test.cpp test/percent_test.cpp test/recently_used_test.cpp test/http/escaped_test.cpp test/http/fields_test.cpp test/http/judgement_test.cpp test/http/target_test.cpp
            test/http/mask_test.cpp test/http/terminal_text_test.cpp
            test/http1/failure_test.cpp test/http1/no_reply_test.cpp test/http1/read_buffer_test.cpp
            test/http1/request_reader_test.cpp
            test/http1/response_reader_test.cpp test/http1/serialise_test.cpp test/http1/transcript.cpp
            test/http2/frame_header_test.cpp test/http2/hpack_test.cpp test/http2/names_test.cpp
            test/socks5/message_test.cpp
            test/websocket/close_test.cpp test/websocket/compression_test.cpp test/websocket/session_test.cpp
            test/websocket/frame_header_test.cpp test/websocket/frame_reader_test.cpp
            test/websocket/handshake_test.cpp test/websocket/negotiation_test.cpp
            test/websocket/utf8_test.cpp test/record/frame_recorder_test.cpp
            test/record/json_test.cpp
    DEFINE  LOG_PAGE="${PROJECT_SOURCE_DIR}/doc/log.md")
pathology_test(http2_test SIZE unit WHOLE TIMEOUT 300 LINK pathology_test_codecs pathology::protocol
    SOURCES test/http2/client.cpp test/http2/client_conformance_test.cpp test/http2/client_session_test.cpp
            test/http2/frame_reader_test.cpp test/http2/header_decoder_test.cpp test/http2/relay_test.cpp
            test/http2/server_checker_test.cpp test/http2/server_conformance_test.cpp test/http2/server_session_test.cpp)
pathology_fuzzer(http2_server_fuzz SOURCES fuzz/http2_server_fuzz.cpp LINK pathology::protocol SEEDS fuzz/http2_seeds)
pathology_fuzzer(http2_client_fuzz SOURCES fuzz/http2_client_fuzz.cpp LINK pathology::protocol SEEDS fuzz/http2_client_seeds)
pathology_fuzzer(http2_reader_fuzz SOURCES fuzz/http2_reader_fuzz.cpp LINK pathology::protocol SEEDS fuzz/http2_seeds)
pathology_fuzzer(http1_fuzz SOURCES fuzz/http1_fuzz.cpp LINK pathology::protocol SEEDS fuzz/http1_seeds
                 DICTIONARY fuzz/http1.dict)
pathology_benchmark(http1_bench SOURCES bench/http1_bench.cpp LINK pathology::protocol)
pathology_benchmark(websocket_bench INCLUDE src SOURCES bench/websocket_bench.cpp LINK pathology::protocol)
pathology_fuzzer(websocket_fuzz SOURCES fuzz/websocket_fuzz.cpp LINK pathology::protocol SEEDS fuzz/websocket_seeds)
