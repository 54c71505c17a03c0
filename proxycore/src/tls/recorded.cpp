#include <pathology/proxycore/tls/recorded.hpp>

namespace pathology::proxycore::tls {
namespace {

record::RecordedTls recorded(ConnectionInfo const& info) {
    record::RecordedTls record;
    record.version = info.version;
    record.cipher = info.cipher;
    record.cipher_bits = info.cipher_bits;
    record.alpn = info.alpn;
    record.sni = info.sni;
    return record;
}

}  // namespace

record::RecordedCertificate recorded(Certificate const& certificate) {
    record::RecordedCertificate record;
    record.common_name = certificate.subject_value("CN");
    record.subject = to_string(certificate.subject);
    record.issuer = to_string(certificate.issuer);
    record.serial = certificate.serial;
    record.not_before = certificate.not_before;
    record.not_after = certificate.not_after;
    record.version = certificate.version;
    record.algorithm = certificate.signature_algorithm;
    record.key_type = certificate.key_type;
    record.key_bits = certificate.key_bits;
    for (auto const& name : certificate.alternative_names) record.alternative_names.push_back(name.value);
    record.sha256 = certificate.sha256();
    return record;
}

record::RecordedTls recorded_by_server(ConnectionInfo const& info) {
    auto record = recorded(info);
    if (!info.peer_chain.empty()) record.client_certificate = recorded(info.peer_chain.front());
    return record;
}

record::RecordedTls recorded_by_client(ConnectionInfo const& info, bool keeps_certificates) {
    auto record = recorded(info);
    if (!keeps_certificates) return record;
    for (auto const& certificate : info.peer_chain) record.server_certificates.push_back(recorded(certificate));
    return record;
}

}  // namespace pathology::proxycore::tls
