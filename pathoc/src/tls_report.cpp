#include "tls_report.hpp"

#include <array>
#include <chrono>
#include <ctime>

namespace pathology::pathoc {
namespace {

namespace tls = proxycore::tls;

/// "2026-11-21 08:00:00 UTC"
std::string moment(std::chrono::system_clock::time_point when) {
    auto const time = std::chrono::system_clock::to_time_t(when);
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    std::array<char, 32> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts)};
}

/// What a certificate says may be anything; a terminal gets printable characters only.
std::string visible(std::string_view text) {
    std::string result;
    for (char const c : text) result += c < ' ' || c > '~' ? '.' : c;
    return result;
}

void append_name(std::string& out, std::string_view title, std::vector<tls::NameAttribute> const& name) {
    out.append("\t").append(title).append(":\n");
    for (auto const& [type, value] : name) out += "\t\t" + type + "=" + visible(value) + "\n";
}

void append_certificate(std::string& out, tls::Certificate const& certificate) {
    append_name(out, "Subject", certificate.subject);
    append_name(out, "Issuer", certificate.issuer);
    out += "\tVersion: " + std::to_string(certificate.version) + "\n";
    out += "\tValidity: " + moment(certificate.not_before) + " - " + moment(certificate.not_after) + "\n";
    out += "\tSerial: " + certificate.serial + "\n";
    out += "\tAlgorithm: " + certificate.signature_algorithm + "\n";
    out += "\tPubkey: " + std::to_string(certificate.key_bits) + " bit " + certificate.key_type + "\n";
    if (certificate.alternative_names.empty()) return;
    out += "\tSANs:";
    for (auto const& name : certificate.alternative_names) out += " " + visible(name.value);
    out += "\n";
}

}  // namespace

std::string tls_report(tls::ConnectionInfo const& info) {
    std::string out = "Application Layer Protocol: " + (info.alpn.empty() ? "none" : visible(info.alpn)) + "\n";
    out += "Cipher: " + info.cipher + ", " + std::to_string(info.cipher_bits) + " bit, " + info.version + "\n";
    out += "SSL certificate chain:\n";
    for (std::size_t i = 0; i < info.peer_chain.size(); ++i) {
        out += "  Certificate [" + std::to_string(i) + "]\n";
        append_certificate(out, info.peer_chain[i]);
    }
    return out;
}

}  // namespace pathology::pathoc
