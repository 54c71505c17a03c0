// Authorities: unknown, missing, not allowed to be one, and chains in unusual forms.
#include <algorithm>

#include "tls/clinic/case_rows.hpp"

namespace pathology::proxycore::tls {
namespace {

constexpr auto intermediate = "pathology clinic intermediate";

/// A root that no client trusts.
CertificatePlan stranger(CaseMaker& maker) {
    auto plan = maker.authority_plan("pathology clinic untrusted root");
    plan.key = maker.usual_key("root");
    return plan;
}

/// An intermediate that differs from a good one in one thing.
template <class Change> void add_authority_with(CaseMaker& maker, Change change) {
    auto plan = maker.authority_plan(intermediate);
    change(plan);
    maker.add_authority(plan);
}

void set_extension(CertificatePlan& plan, int nid, std::string value) {
    auto const found = std::ranges::find(plan.extensions, nid, &std::pair<int, std::string>::first);
    if (found != plan.extensions.end()) {
        found->second = std::move(value);
    } else {
        plan.extensions.emplace_back(nid, std::move(value));
    }
}

void add_authorities(CaseMaker& maker, int count) {
    for (int i = 1; i <= count; ++i)
        maker.add_authority(maker.authority_plan("pathology clinic intermediate " + std::to_string(i)));
}

/// Certificates that have nothing to do with the leaf.
void send_unrelated(CaseMaker& maker, int count) {
    for (int i = 1; i <= count; ++i) {
        auto const plan = maker.authority_plan("pathology clinic unrelated " + std::to_string(i));
        maker.sent.push_back(maker.sign(plan));
    }
}

/// The root again with an end in the past: its name, its key, and the same identifier.
void send_expired_root(CaseMaker& maker) {
    X509Ptr expired(X509_dup(maker.authority_certificate()));
    X509_gmtime_adj(X509_getm_notBefore(expired.get()), -static_cast<long>(std::chrono::seconds(800 * day).count()));
    X509_gmtime_adj(X509_getm_notAfter(expired.get()), -static_cast<long>(std::chrono::seconds(day).count()));
    X509_sign(expired.get(), maker.issuer_key(), EVP_sha256());
    maker.sent.push_back(std::move(expired));
}

/// The intermediate has two certificates, of a root that no client trusts and of the authority.
void cross_sign(CaseMaker& maker, bool is_trusted_first) {
    auto const plan = maker.authority_plan(intermediate);
    auto const trusted = maker.sign(plan);
    maker.set_root(stranger(maker));
    maker.add_authority(plan);
    maker.sent.insert(is_trusted_first ? maker.sent.begin() : maker.sent.end(), share(trusted.get()));
}

/// An authority with the name of the trusted one, and another key of the same type, so that only the signature differs.
void imitate_root(CaseMaker& maker) {
    KeySpec spec;
    spec.purpose = "impostor";
    if (EVP_PKEY_get_base_id(maker.issuer_key()) == EVP_PKEY_RSA) spec.algorithm = "RSA";
    auto plan = maker.authority_plan({});
    plan.key = maker.key(spec);
    plan.edit = [name = X509_get_subject_name(maker.authority_certificate())](X509* made) {
        X509_set_subject_name(made, name);
        X509_set_issuer_name(made, name);
    };
    maker.set_root(plan);
    maker.leaf.has_authority_key_identifier = false;
}

CaseRow const chain_rows[] = {
    {{"self-signed", "", "signed by its own key", "RFC 5280 §6.1", "self-signed certificate"},
     [](CaseMaker& maker) {
         maker.sign_leaf_by_itself();
         maker.sent.clear();
     }},
    {{"untrusted-root", "", "the chain ends with a root that is not trusted", "RFC 5280 §6.1",
      "self-signed certificate in certificate chain"},
     [](CaseMaker& maker) {
         maker.set_root(stranger(maker));
         maker.sent.push_back(share(maker.issuer()));
     }},
    {{"unknown-authority", "", "signed by a root that is neither trusted nor sent", "RFC 5280 §6.1",
      "unable to get local issuer certificate"},
     [](CaseMaker& maker) { maker.set_root(stranger(maker)); }},
    {{"impostor-root", "", "signed by a root with the name of the trusted one and another key", "RFC 5280 §6.1",
      "certificate signature failure", "Missing Authority Key Identifier"},
     imitate_root},
    {{"incomplete-chain", "missing-intermediate", "the intermediate is not sent", "RFC 8446 §4.4.2",
      "unable to get local issuer certificate"},
     [](CaseMaker& maker) {
         maker.add_good_authority();
         maker.sent.clear();
     }},
    {{"expired-intermediate", "", "the intermediate has expired", "RFC 5280 §6.1.3", "certificate has expired"},
     [](CaseMaker& maker) {
         add_authority_with(maker, [](CertificatePlan& plan) {
             plan.begin = -400 * day;
             plan.end = -1 * day;
         });
     }},
    {{"not-yet-valid-intermediate", "future-intermediate", "the intermediate is valid in 30 days", "RFC 5280 §6.1.3",
      "certificate is not yet valid"},
     [](CaseMaker& maker) { add_authority_with(maker, [](CertificatePlan& plan) { plan.begin = 30 * day; }); }},
    {{"expired-root", "", "an expired certificate of the trusted root is sent, too; the one of the client counts",
      "RFC 4158 §3.5", "accepted"},
     send_expired_root},
    {{"intermediate-not-ca", "ca-false", "the intermediate has CA:FALSE", "RFC 5280 §4.2.1.9",
      "invalid CA certificate"},
     [](CaseMaker& maker) {
         add_authority_with(maker, [](CertificatePlan& plan) {
             set_extension(plan, NID_basic_constraints, "critical,CA:FALSE");
             set_extension(plan, NID_key_usage, "critical,digitalSignature");
         });
     }},
    {{"no-basic-constraints", "", "the intermediate has no basic constraints", "RFC 5280 §6.1.4",
      "invalid CA certificate"},
     [](CaseMaker& maker) {
         add_authority_with(maker, [](CertificatePlan& plan) {
             plan.extensions = {{NID_subject_key_identifier, "hash"}};
         });
     }},
    {{"constraints-not-critical", "", "the basic constraints of the intermediate are not critical", "RFC 5280 §4.2.1.9",
      "accepted", "Basic Constraints of CA cert not marked critical"},
     [](CaseMaker& maker) {
         add_authority_with(maker,
                            [](CertificatePlan& plan) { set_extension(plan, NID_basic_constraints, "CA:TRUE"); });
     }},
    {{"no-cert-sign", "", "the intermediate may not sign certificates by its key usage", "RFC 5280 §6.1.4",
      "invalid CA certificate"},
     [](CaseMaker& maker) {
         add_authority_with(maker,
                            [](CertificatePlan& plan) { set_extension(plan, NID_key_usage, "critical,cRLSign"); });
     }},
    {{"intermediate-wrong-usage", "", "the extended key usage of the intermediate is emailProtection",
      "RFC 5280 §4.2.1.12", "unsuitable certificate purpose"},
     [](CaseMaker& maker) {
         add_authority_with(maker,
                            [](CertificatePlan& plan) { set_extension(plan, NID_ext_key_usage, "emailProtection"); });
     }},
    {{"path-length", "", "an intermediate below one with a path length of 0", "RFC 5280 §4.2.1.9",
      "path length constraint exceeded"},
     [](CaseMaker& maker) {
         add_authority_with(maker, [](CertificatePlan& plan) {
             set_extension(plan, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
         });
         maker.add_authority(maker.authority_plan("pathology clinic second intermediate"));
     }},
    {{"name-constraints", "", "the intermediate may sign names below other.test alone", "RFC 5280 §4.2.1.10",
      "permitted subtree violation"},
     [](CaseMaker& maker) {
         add_authority_with(maker, [](CertificatePlan& plan) {
             set_extension(plan, NID_name_constraints, "critical,permitted;DNS:other.test");
         });
     }},
    {{"name-excluded", "", "the intermediate may not sign this name", "RFC 5280 §4.2.1.10",
      "excluded subtree violation"},
     [](CaseMaker& maker) {
         add_authority_with(maker, [&](CertificatePlan& plan) {
             set_extension(plan, NID_name_constraints, "critical,excluded;DNS:" + maker.host());
         });
     }},
    {{"reversed-chain", "cross-order", "two intermediates in the wrong order", "RFC 8446 §4.4.2", "accepted"},
     [](CaseMaker& maker) {
         add_authorities(maker, 2);
         std::swap(maker.sent[0], maker.sent[1]);
     }},
    {{"cross-signed", "", "the intermediate has two certificates, the second of an untrusted root", "RFC 4158 §2.3",
      "accepted"},
     [](CaseMaker& maker) { cross_sign(maker, true); }},
    {{"cross-signed-reversed", "", "the same, the first of an untrusted root; OpenSSL tries no other", "RFC 4158 §2.3",
      "unable to get local issuer certificate"},
     [](CaseMaker& maker) { cross_sign(maker, false); }},
    {{"root-in-chain", "", "the trusted root is sent, too", "RFC 8446 §4.4.2", "accepted"},
     [](CaseMaker& maker) { maker.sent.push_back(share(maker.authority_certificate())); }},
    {{"extra-certificates", "", "five certificates are sent that do not belong to the chain", "RFC 8446 §4.4.2",
      "accepted"},
     [](CaseMaker& maker) { send_unrelated(maker, 5); }},
    {{"long-chain", "", "ten intermediates", "RFC 5280 §6.1", "accepted"},
     [](CaseMaker& maker) { add_authorities(maker, 10); }},
    {{"too-long-chain", "", "110 intermediates; OpenSSL accepts 100", "RFC 5280 §6.1", "certificate chain too long"},
     [](CaseMaker& maker) { add_authorities(maker, 110); }},
    {{"huge-chain", "", "500 certificates are sent; OpenSSL accepts chains of 100 KiB", "RFC 8446 §4.4.2",
      "excessive message size"},
     [](CaseMaker& maker) { send_unrelated(maker, 500); }},
};

}  // namespace

std::span<CaseRow const> chain_cases() { return chain_rows; }

}  // namespace pathology::proxycore::tls
