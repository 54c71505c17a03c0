#include "tls/clinic/case_maker.hpp"

#include <openssl/err.h>

#include "tls/leaf_names.hpp"
#include "tls/x509_builder.hpp"

namespace pathology::proxycore::tls {
namespace {

constexpr std::chrono::hours life_of_intermediate{24 * 365};

/// EdDSA has a digest of its own, and no other.
EVP_MD const* digest_for(EVP_PKEY* key, EVP_MD const* wanted) {
    auto const type = EVP_PKEY_get_base_id(key);
    return type == EVP_PKEY_ED25519 || type == EVP_PKEY_ED448 ? nullptr : wanted;
}

}  // namespace

CaseMaker::CaseMaker(Authority::State const& authority, ClinicKeys& keys, std::string host, KeyType type)
    : authority_(authority),
      keys_(keys),
      host_(std::move(host)),
      type_(type),
      issuer_(authority.certificate()),
      issuer_key_(authority.key.get()) {
    leaf.key = authority.key_of_leaves(type);
    leaf.common_name = common_name_of({.names = {host_}});
    leaf.critical_names = leaf.common_name.empty();  // RFC 5280 §4.1.2.6
    leaf.names = {{AlternativeName::Kind::dns, host_}};
    leaf.extensions = {{NID_ext_key_usage, "serverAuth"}};
    // As the authority sends them with every certificate; its own first.
    if (authority.chain.size() > 1) {
        for (auto const& certificate : authority.chain) sent.push_back(share(certificate.get()));
    }
}

EVP_PKEY* CaseMaker::usual_key(std::string_view purpose) {
    KeySpec spec;
    spec.purpose = purpose;
    if (type_ == KeyType::rsa_2048) spec.algorithm = "RSA";
    return keys_.key(spec);
}

CertificatePlan CaseMaker::authority_plan(std::string common_name) {
    CertificatePlan plan;
    plan.key = usual_key("intermediate");
    plan.common_name = std::move(common_name);
    plan.organization = "pathology";
    plan.end = life_of_intermediate;
    plan.extensions = {{NID_basic_constraints, "critical,CA:TRUE"},
                       {NID_key_usage, "critical,keyCertSign,cRLSign"},
                       {NID_subject_key_identifier, "hash"}};
    return plan;
}

void CaseMaker::issue_by(X509Ptr certificate, EVP_PKEY* key) {
    if (!certificate) {
        has_failed_ = true;
        return;
    }
    issuer_ = certificate.get();
    issuer_key_ = key;
    issuers_.push_back(std::move(certificate));
}

void CaseMaker::add_authority(CertificatePlan const& plan, std::vector<X509Ptr>::iterator before) {
    auto made = sign(plan);
    if (made) sent.insert(before, share(made.get()));
    issue_by(std::move(made), plan.key);
}

void CaseMaker::set_root(CertificatePlan const& plan) {
    sent.clear();
    issue_by(sign(plan, nullptr, plan.key), plan.key);
}

X509Ptr CaseMaker::sign(CertificatePlan const& plan, X509* issuer, EVP_PKEY* key) {
    if (plan.key == nullptr || key == nullptr) return nullptr;
    X509Builder builder(plan.key, std::chrono::hours(0));
    builder.set_validity(plan.begin, plan.end);
    builder.add_to_subject("CN", plan.common_name);
    builder.add_to_subject("O", plan.organization);
    if (issuer == nullptr) {
        builder.set_issuer_to_subject();
    } else {
        builder.set_issuer(X509_get_subject_name(issuer));
    }
    for (auto const& [nid, value] : plan.extensions) builder.extend(nid, value);
    builder.add_alternative_names(plan.names, plan.critical_names);
    if (issuer != nullptr && plan.has_authority_key_identifier) builder.add_authority_key_identifier(issuer);
    if (plan.edit) plan.edit(builder.certificate());
    auto made = builder.sign(key, digest_for(key, plan.digest));
    if (made && plan.spoil) plan.spoil(made.get());
    return made;
}

Result<Identity> CaseMaker::failed() const {
    return failure(Errc::bad_settings, "OpenSSL cannot make this certificate for '" + host_ + "'", take_reason());
}

Result<Identity> CaseMaker::make() {
    auto certificate = is_self_signed_ ? sign(leaf, nullptr, leaf.key) : sign(leaf);
    if (has_failed_ || !certificate) return failed();
    auto parts = std::make_shared<Identity::Parts>();
    if (staple) parts->ocsp_response = staple(*this, certificate.get());
    parts->key = share(leaf.key);
    parts->chain.push_back(std::move(certificate));
    for (auto& further : sent) parts->chain.push_back(std::move(further));
    ERR_clear_error();
    return Identity(std::move(parts));
}

}  // namespace pathology::proxycore::tls
