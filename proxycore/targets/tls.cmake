# pathology::tls: TLS over any stream, certificates, authorities.

pathology_library(tls PRECOMPILED asio
    SOURCES src/tls/accepted_certificates.cpp src/tls/authority.cpp src/tls/authority_files.cpp src/tls/authority_forms.cpp src/tls/certificate.cpp
            src/tls/certificate_store.cpp src/tls/client_hello.cpp src/tls/context.cpp src/tls/engine.cpp src/tls/engine_state.cpp src/tls/errc.cpp
            src/tls/failure.cpp src/tls/identity.cpp src/tls/key_log.cpp src/tls/leaf_names.cpp src/tls/memory_bio.cpp
            src/tls/clinic/case_maker.cpp src/tls/clinic/chain_cases.cpp src/tls/clinic/clinic.cpp src/tls/clinic/clinic_keys.cpp
            src/tls/clinic/handshake_cases.cpp src/tls/clinic/key_cases.cpp src/tls/clinic/name_cases.cpp
            src/tls/clinic/revocation_cases.cpp src/tls/clinic/usage_cases.cpp src/tls/clinic/validity_cases.cpp
            src/tls/openssl.cpp src/tls/recorded.cpp src/tls/sessions.cpp src/tls/tls_stream.cpp src/tls/trust.cpp src/tls/version.cpp src/tls/x509_builder.cpp
    HEADERS include/pathology/proxycore/tls/accepted_certificates.hpp include/pathology/proxycore/tls/alert_names.hpp
            include/pathology/proxycore/tls/authority.hpp include/pathology/proxycore/tls/certificate.hpp
            include/pathology/proxycore/tls/certificate_store.hpp include/pathology/proxycore/tls/client_hello.hpp
            include/pathology/proxycore/tls/clinic.hpp
            include/pathology/proxycore/tls/connection_info.hpp include/pathology/proxycore/tls/context.hpp
            include/pathology/proxycore/tls/engine.hpp include/pathology/proxycore/tls/errc.hpp
            include/pathology/proxycore/tls/failure.hpp include/pathology/proxycore/tls/identity.hpp
            include/pathology/proxycore/tls/key_log.hpp include/pathology/proxycore/tls/recorded.hpp
            include/pathology/proxycore/tls/sessions.hpp include/pathology/proxycore/tls/tls_stream.hpp
            include/pathology/proxycore/tls/version.hpp include/pathology/proxycore/tls/version_words.hpp
    PUBLIC  pathology::protocol pathology::transport
    PRIVATE OpenSSL::SSL OpenSSL::Crypto)
# Both make certificates that nobody should.
pathology_test(tls_unit_test SIZE unit WHOLE TIMEOUT 300 INCLUDE src LINK pathology_test_peers pathology::tls
    SOURCES test/tls/accepted_certificates_test.cpp test/tls/authority_test.cpp test/tls/certificate_store_test.cpp test/tls/client_hello_test.cpp
            test/tls/engine_test.cpp test/tls/identity_test.cpp test/tls/sessions_test.cpp test/tls/settings_test.cpp)
pathology_test(tls_test SIZE component INCLUDE src LINK pathology_test_peers pathology::tls
    SOURCES test/tls/stream_pair.cpp test/tls/peers_test.cpp test/tls/renegotiation_test.cpp
            test/tls/tls_handshake_test.cpp test/tls/tls_stream_test.cpp)
pathology_test(clinic_test SIZE unit WHOLE TIMEOUT 300 INCLUDE src LINK pathology_test_peers pathology::tls
    SOURCES test/tls/clinic_test.cpp
    DEFINE TLS_PAGE="${PROJECT_SOURCE_DIR}/doc/tls.md")
pathology_fuzzer(client_hello_fuzz SOURCES fuzz/client_hello_fuzz.cpp LINK pathology::tls SEEDS fuzz/client_hello_seeds)
