// Handshakes with a good certificate: versions, ciphers, ALPN, client certificates, alerts.
#include "tls/clinic/case_rows.hpp"

namespace pathology::proxycore::tls {
namespace {

// As in set_versions(): signatures below TLS 1.2 need level 0.
HandshakeSettings only(Version version) {
    return {.versions = VersionRange{version, version}, .any_security = version < Version::tls1_2};
}

/// Suites of TLS 1.2.
HandshakeSettings ciphers(char const* list) {
    return {.versions = VersionRange{Version::tls1_2, Version::tls1_2}, .ciphers = list, .any_security = true};
}

HandshakeSettings alert(int code) { return {.alert = static_cast<std::uint8_t>(code)}; }

CaseRow const handshake_rows[] = {
    {{"tls-v1-0", "tls1-0", "TLS 1.0 alone", "RFC 8996 §4", "alert protocol_version"},
     nullptr,
     [] { return only(Version::tls1_0); }},
    {{"tls-v1-1", "tls1-1", "TLS 1.1 alone", "RFC 8996 §5", "alert protocol_version"},
     nullptr,
     [] { return only(Version::tls1_1); }},
    {{"tls-v1-2", "tls1-2", "TLS 1.2 alone", "RFC 5246", "accepted"}, nullptr, [] { return only(Version::tls1_2); }},
    {{"tls-v1-3", "tls1-3", "TLS 1.3 alone", "RFC 8446", "accepted"}, nullptr, [] { return only(Version::tls1_3); }},
    {{"null", "", "suites without encryption alone", "RFC 9325 §4.1", "alert handshake_failure"},
     nullptr,
     [] { return ciphers("eNULL:!aNULL"); }},
    {{"anonymous", "", "suites without authentication alone", "RFC 9325 §4.1", "alert handshake_failure"},
     nullptr,
     [] { return ciphers("aNULL"); }},
    {{"rc4", "", "RC4 alone; with an OpenSSL that does not have it, nothing", "RFC 7465", "alert handshake_failure"},
     nullptr,
     [] { return ciphers("RC4"); }},
    {{"3des", "", "3DES alone; with an OpenSSL that does not have it, nothing", "RFC 9325 §4.1",
      "alert handshake_failure"},
     nullptr,
     [] { return ciphers("3DES"); }},
    {{"cbc", "", "suites with CBC alone", "RFC 9325 §4.2.1", "accepted"},
     nullptr,
     [] { return ciphers("ECDHE+AES+SHA1:ECDHE+AES+SHA256:!AESGCM:!aNULL:!eNULL"); }},
    {{"static-rsa", "", "key exchange by RSA alone, without forward secrecy", "RFC 9325 §4.1", "accepted"},
     nullptr,
     [] { return ciphers("kRSA+AESGCM"); }},
    {{"dh2048", "dh", "key exchange by DHE alone, with 2048 bits", "RFC 7919", "accepted"},
     nullptr,
     [] {
         auto settings = ciphers("kDHE+aRSA+AESGCM");
         settings.dh_group = "ffdhe2048";
         return settings;
     }},
    {{"dh1024", "", "key exchange by DHE alone, with 1024 bits", "RFC 9325 §4.5", "dh key too small"},
     nullptr,
     [] {
         auto settings = ciphers("kDHE+aRSA+AESGCM");
         settings.dh_group = "dh_1024_160";
         return settings;
     }},
    {{"no-alpn", "", "ALPN is ignored, so the protocol is HTTP/1.1", "RFC 7301 §3.2", "accepted"},
     nullptr,
     [] { return HandshakeSettings{.alpn = std::vector<std::string>{}}; }},
    {{"wrong-alpn", "", "the protocol `wrong` is selected, which nobody offers", "RFC 7301 §3.2", "bad extension"},
     nullptr,
     [] { return HandshakeSettings{.alpn = std::vector<std::string>{"wrong"}, .ignores_offers = true}; }},
    {{"client", "client-cert", "a client certificate is required; any is accepted", "RFC 8446 §4.4.2.4",
      "alert certificate_required"},
     nullptr,
     [] { return HandshakeSettings{.requires_client_certificate = true}; }},
    {{"alert-handshake-failure", "", "the alert handshake_failure after the ClientHello", "RFC 8446 §6.2",
      "alert handshake_failure"},
     nullptr,
     [] { return alert(SSL_AD_HANDSHAKE_FAILURE); }},
    {{"alert-protocol-version", "", "the alert protocol_version after the ClientHello", "RFC 8446 §6.2",
      "alert protocol_version"},
     nullptr,
     [] { return alert(SSL_AD_PROTOCOL_VERSION); }},
    {{"alert-insufficient-security", "", "the alert insufficient_security after the ClientHello", "RFC 8446 §6.2",
      "alert insufficient_security"},
     nullptr,
     [] { return alert(SSL_AD_INSUFFICIENT_SECURITY); }},
    {{"alert-internal-error", "", "the alert internal_error after the ClientHello", "RFC 8446 §6.2",
      "alert internal_error"},
     nullptr,
     [] { return alert(SSL_AD_INTERNAL_ERROR); }},
    {{"alert-unrecognized-name", "", "the alert unrecognized_name after the ClientHello", "RFC 6066 §3",
      "alert unrecognized_name"},
     nullptr,
     [] { return alert(SSL_AD_UNRECOGNIZED_NAME); }},
    {{"alert-access-denied", "", "the alert access_denied after the ClientHello", "RFC 8446 §6.2",
      "alert access_denied"},
     nullptr,
     [] { return alert(SSL_AD_ACCESS_DENIED); }},
    {{"alert-no-application-protocol", "", "the alert no_application_protocol after the ClientHello", "RFC 7301 §3.2",
      "alert no_application_protocol"},
     nullptr,
     [] { return alert(SSL_AD_NO_APPLICATION_PROTOCOL); }},
    {{"stall", "", "nothing is sent after the ClientHello", "", "nothing until a limit of the client", "", "p0,f"}},
    {{"stall-in-handshake", "", "nothing is sent after the ServerHello", "", "nothing until a limit of the client", "",
      "precord2,f"}},
    {{"slow", "", "two seconds pass before the first byte", "", "accepted", "", "p0,2"}},
    {{"cut", "", "the connection ends inside of the ServerHello", "RFC 8446 §6.1", "end of the connection", "", "d40"}},
    {{"cut-after-hello", "", "the connection ends after the ServerHello", "RFC 8446 §6.1", "end of the connection", "",
      "drecord2"}},
    {{"reset", "", "a reset of the connection after the ServerHello", "RFC 9293 §3.10.7", "reset of the connection", "",
      "drecord2,rst"}},
    {{"plain-http", "", "a response of HTTP in place of the ServerHello", "RFC 8446 §5.1", "wrong version number", "",
      "i0,'HTTP/1.1 400 Bad Request\\r\\nConnection: close\\r\\n\\r\\n':d0"}},
    {{"wrong-record-version", "", "the first record has the version 9.9", "RFC 8446 §5.1", "wrong version number", "",
      "o1,'\\x09\\x09'"}},
    {{"wrong-record-type", "", "the first record has the type 99", "RFC 8446 §5.1", "unexpected message", "",
      "o0,'\\x63'"}},
    {{"record-overflow", "", "the first record has the length 65535", "RFC 8446 §5.1", "packet length too long", "",
      "o3,'\\xff\\xff'"}},
    {{"corrupt-hello", "", "a byte of the random value of the ServerHello is inverted", "RFC 8446 §4.1.3",
      "decryption failed or bad record mac", "", "c20"}},
    {{"corrupt-record", "", "a byte of the third record is inverted", "RFC 8446 §5.2",
      "decryption failed or bad record mac", "", "crecord3+10"}},
    // Of TLS 1.2: in TLS 1.3 the client takes an alert that is not encrypted for a violation.
    {{"alert-in-handshake", "", "the alert internal_error after the ServerHello of TLS 1.2", "RFC 5246 §7.2",
      "alert internal_error", "", "arecord2,internal_error"},
     nullptr,
     [] { return only(Version::tls1_2); }},
};

}  // namespace

std::span<CaseRow const> handshake_cases() { return handshake_rows; }

}  // namespace pathology::proxycore::tls
