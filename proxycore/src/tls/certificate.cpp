// From OpenSSL's X509 to Certificate. Certificates come from peers, so every field may be missing or malformed: such a
// field is empty, and the certificate is still described. OpenSSL's error queue belongs to the thread; what parsing
// leaves there is cleared, or a later TLS call would report it as its own failure.

#include "tls/certificate.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <ctime>

namespace pathology::proxycore::tls {
namespace {

std::string_view bytes_of(ASN1_STRING const* text) {
    return {reinterpret_cast<char const*>(ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(ASN1_STRING_length(text))};
}

// Names have several string types (BMPString, T61String…). One that cannot be converted is shown as its bytes.
std::string utf8_of(ASN1_STRING const* text) {
    unsigned char* utf8 = nullptr;
    auto const size = ASN1_STRING_to_UTF8(&utf8, text);
    if (size < 0) {
        ERR_clear_error();
        return std::string(bytes_of(text));
    }
    std::string result(reinterpret_cast<char const*>(utf8), static_cast<std::size_t>(size));
    OPENSSL_free(utf8);
    return result;
}

// The short name ("CN") if OpenSSL knows one, else the dotted number.
std::string name_of(ASN1_OBJECT const* object) {
    auto const nid = OBJ_obj2nid(object);
    if (nid != NID_undef) return OBJ_nid2sn(nid);
    std::array<char, 128> dotted{};
    OBJ_obj2txt(dotted.data(), dotted.size(), object, 1);
    return dotted.data();
}

std::vector<NameAttribute> attributes_of(X509_NAME const* name) {
    std::vector<NameAttribute> result;
    for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
        auto const* entry = X509_NAME_get_entry(name, i);
        result.push_back({name_of(X509_NAME_ENTRY_get_object(entry)), utf8_of(X509_NAME_ENTRY_get_data(entry))});
    }
    return result;
}

std::string address_of(ASN1_OCTET_STRING const* octets) {
    auto const bytes = bytes_of(octets);
    std::array<char, INET6_ADDRSTRLEN> text{};
    auto const family = bytes.size() == 4 ? AF_INET : AF_INET6;
    // The size of the entry is the choice of the peer.
    if (bytes.size() != 4 && bytes.size() != 16) return "malformed";
    ::inet_ntop(family, bytes.data(), text.data(), text.size());
    return text.data();
}

std::string printed(GENERAL_NAME* name) {
    auto const out = collector();
    GENERAL_NAME_print(out.get(), name);
    return collected(out.get());
}

AlternativeName alternative_of(GENERAL_NAME* name) {
    switch (name->type) {
        case GEN_DNS: return {AlternativeName::Kind::dns, std::string(bytes_of(name->d.dNSName))};
        case GEN_IPADD: return {AlternativeName::Kind::ip, address_of(name->d.iPAddress)};
        default: return {AlternativeName::Kind::other, printed(name)};
    }
}

std::vector<AlternativeName> alternatives_of(X509* certificate) {
    std::vector<AlternativeName> result;
    NamesPtr const names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    int const count = std::max(sk_GENERAL_NAME_num(names.get()), 0);  // -1 where there is none
    result.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) result.push_back(alternative_of(sk_GENERAL_NAME_value(names.get(), i)));
    return result;
}

/// The URL of the first distribution point that has one (RFC 5280 §4.2.1.13).
std::string crl_url_of(X509* certificate) {
    std::unique_ptr<CRL_DIST_POINTS, FreedBy<CRL_DIST_POINTS_free>> const points(
        static_cast<CRL_DIST_POINTS*>(X509_get_ext_d2i(certificate, NID_crl_distribution_points, nullptr, nullptr)));
    for (int i = 0; i < sk_DIST_POINT_num(points.get()); ++i) {
        auto const* point = sk_DIST_POINT_value(points.get(), i)->distpoint;
        // Type 0 is a full name; type 1 is relative to the issuer and has no URL.
        if (point == nullptr || point->type != 0) continue;
        for (int j = 0; j < sk_GENERAL_NAME_num(point->name.fullname); ++j) {
            auto const* name = sk_GENERAL_NAME_value(point->name.fullname, j);
            if (name->type == GEN_URI) return std::string(bytes_of(name->d.uniformResourceIdentifier));
        }
    }
    return {};
}

std::chrono::system_clock::time_point time_of(ASN1_TIME const* time) {
    std::tm parts{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return {};
    return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

std::string serial_of(X509 const* certificate) {
    std::unique_ptr<BIGNUM, FreedBy<BN_free>> const number(
        ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
    if (!number) return {};
    char* const hex = BN_bn2hex(number.get());
    std::string_view digits = hex;
    bool const is_negative = digits.starts_with('-');
    if (is_negative) digits.remove_prefix(1);
    // BN_bn2hex prints whole bytes.
    while (digits.size() > 1 && digits.starts_with('0')) digits.remove_prefix(1);
    auto result = (is_negative ? "-" : "") + std::string(digits);
    OPENSSL_free(hex);
    return result;
}

std::string der_of(X509* certificate) {
    unsigned char* der = nullptr;
    auto const size = i2d_X509(certificate, &der);
    if (size < 0) return {};
    std::string result(reinterpret_cast<char const*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return result;
}

}  // namespace

std::string key_type_of(EVP_PKEY const* key) {
    switch (EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_RSA: return "RSA";
        case EVP_PKEY_EC: return "EC";
        case EVP_PKEY_DSA: return "DSA";
        default: break;
    }
    auto const* name = EVP_PKEY_get0_type_name(key);
    return name != nullptr ? name : "unknown";
}

Certificate describe(X509* certificate) {
    Certificate result;
    result.der = der_of(certificate);
    result.subject = attributes_of(X509_get_subject_name(certificate));
    result.issuer = attributes_of(X509_get_issuer_name(certificate));
    result.alternative_names = alternatives_of(certificate);
    result.serial = serial_of(certificate);
    result.not_before = time_of(X509_get0_notBefore(certificate));
    result.not_after = time_of(X509_get0_notAfter(certificate));
    // The encoding counts from 0: version 3 is 2 (RFC 5280 §4.1.2.1).
    result.version = static_cast<unsigned>(X509_get_version(certificate) + 1);
    auto const signature = X509_get_signature_nid(certificate);
    result.signature_algorithm = signature == NID_undef ? "unknown" : OBJ_nid2ln(signature);
    if (auto const* key = X509_get0_pubkey(certificate); key != nullptr) {
        result.key_type = key_type_of(key);
        result.key_bits = static_cast<unsigned>(EVP_PKEY_get_bits(key));
    }
    // Other positive results are guesses for old certificates without basic constraints.
    result.is_authority = X509_check_ca(certificate) == 1;
    result.crl_url = crl_url_of(certificate);
    ERR_clear_error();  // left by unknown keys and extensions
    return result;
}

std::vector<X509Ptr> read_certificates(std::string_view text) {
    std::vector<X509Ptr> result;
    auto const in = reader_of(text);
    while (auto* read = PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)) result.emplace_back(read);
    // A file without PEM blocks may be one certificate in DER.
    if (result.empty()) {
        auto const again = reader_of(text);
        if (auto* read = d2i_X509_bio(again.get(), nullptr)) result.emplace_back(read);
    }
    ERR_clear_error();  // reaching the end of the text is an error, too
    return result;
}

std::string Certificate::pem() const {
    auto const out = collector();
    PEM_write_bio(out.get(), "CERTIFICATE", "", reinterpret_cast<unsigned char const*>(der.data()),
                  static_cast<long>(der.size()));
    return collected(out.get());
}

std::string Certificate::sha256() const {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<unsigned char const*>(der.data()), der.size(), digest.data());
    constexpr std::string_view digits = "0123456789abcdef";
    std::string result;
    for (unsigned const byte : digest) {
        result += digits[byte >> 4U];
        result += digits[byte & 15U];
    }
    return result;
}

std::string Certificate::subject_value(std::string_view type) const {
    for (auto const& attribute : subject) {
        if (attribute.type == type) return attribute.value;
    }
    return {};
}

std::string to_string(std::vector<NameAttribute> const& name) {
    std::string text;
    for (auto const& [type, value] : name) {
        if (!text.empty()) text += ", ";
        text.append(type).append("=").append(value);
    }
    return text;
}

Result<std::vector<Certificate>> parse_certificates(std::string_view text, std::string_view origin) {
    std::vector<Certificate> result;
    for (auto const& certificate : read_certificates(text)) result.push_back(describe(certificate.get()));
    if (result.empty()) return failure(Errc::bad_certificate_file, "no certificate in " + std::string(origin));
    return result;
}

}  // namespace pathology::proxycore::tls
