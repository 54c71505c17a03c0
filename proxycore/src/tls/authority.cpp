#include "tls/authority.hpp"

#include <openssl/err.h>
#include <openssl/rsa.h>

#include "tls/certificate.hpp"
#include "tls/identity.hpp"
#include "tls/leaf_names.hpp"
#include "tls/x509_builder.hpp"

namespace pathology::proxycore::tls {
namespace {

constexpr std::chrono::hours life_of_authority{24 * 3650};
constexpr std::chrono::hours life_of_leaf{24 * 199};  // clients reject leaves that are valid for more than 200 days

/// A comma ends a value in OpenSSL's configuration syntax, so a URL with a comma cannot be written there.
bool can_be_extension(std::string const& url) {
    return !url.empty() && url.find_first_of(",;\"\\\n") == std::string::npos;
}

Failure no_certificate_for(LeafNames const& names) {
    auto const name = names.names.empty() ? common_name_of(names) : names.names.front();
    return failure(Errc::bad_settings, "cannot create a certificate for '" + name + "'", take_reason());
}

}  // namespace

KeyPtr make_key(KeyType type, unsigned rsa_bits) {
    return KeyPtr(type == KeyType::rsa_2048 ? EVP_RSA_gen(rsa_bits) : EVP_EC_gen("P-256"));
}

// A key for each leaf would cost a key generation in each handshake. The key is made at its first use.
EVP_PKEY* Authority::State::key_of_leaves(KeyType type) const {
    if (type == KeyType::ecdsa_p256) {
        std::call_once(ecdsa_made_, [this] { ecdsa_ = make_key(KeyType::ecdsa_p256); });
        return ecdsa_.get();
    }
    std::call_once(rsa_made_, [this] {
        bool const has_rsa = EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_RSA;
        rsa_ = has_rsa ? share(key.get()) : make_key(KeyType::rsa_2048);
        has_rsa_ = true;
    });
    return rsa_.get();
}

bool Authority::State::is_slow(KeyType type) const {
    constexpr int max_quick_bits = 4096;  // some 3 ms for a signature; 8192 bits take 20
    bool const has_rsa = EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_RSA;
    if (has_rsa) return EVP_PKEY_get_bits(key.get()) > max_quick_bits;
    return type == KeyType::rsa_2048 && !has_rsa_;
}

std::shared_ptr<Authority::State> make_authority(AuthorityOptions const& options) {
    auto state = std::make_shared<Authority::State>();
    state->key = make_key(options.key, options.rsa_bits);
    state->leaf_key = options.leaf_key;
    state->name = options.name;
    X509Builder builder(state->key.get(), life_of_authority);
    builder.add_to_subject("CN", options.name);
    builder.add_to_subject("O", options.name);
    builder.set_issuer_to_subject();
    builder.extend(NID_basic_constraints, "critical,CA:TRUE");
    builder.extend(NID_key_usage, "critical,keyCertSign,cRLSign");
    builder.extend(NID_ext_key_usage, "serverAuth");
    builder.extend(NID_subject_key_identifier, "hash");
    state->chain.push_back(builder.sign(state->key.get()));
    return state;
}

Authority Authority::make(AuthorityOptions const& options) { return Authority(make_authority(options)); }

Certificate Authority::certificate() const { return describe(state_->certificate()); }

std::string Authority::certificate_pem() const { return pem_of(state_->certificate()); }

std::string Authority::key_type() const { return key_type_of(state_->key.get()); }

std::string Authority::name() const { return state_->name; }

std::filesystem::path Authority::file() const { return state_->file; }

bool Authority::has_expired() const { return X509_cmp_current_time(X509_get0_notAfter(state_->certificate())) < 0; }

std::string Authority::warning() const {
    if (!has_expired()) return {};
    return "the certificate authority in '" + file().string() +
           "' has expired, and clients refuse its certificates; move the file away to have a new one created";
}

Result<Identity> Authority::issue(LeafNames const& names) const { return issue(names, state_->leaf_key); }

Result<Identity> Authority::issue(LeafNames const& names, KeyType type, std::uint16_t signature) const {
    auto const alternatives = alternative_names_of(names);
    if (!alternatives) return alternatives.error();
    auto const common_name = common_name_of(names);
    if (common_name.empty() && alternatives->empty()) {
        return failure(Errc::bad_settings, "a certificate without any name cannot be made");
    }
    // RFC 5280 §4.1.2.6 allows an empty subject if the alternative names are critical, see below.
    auto* const key = state_->key_of_leaves(type);
    X509Builder builder(key, life_of_leaf);
    builder.add_to_subject("CN", common_name);
    builder.add_to_subject("O", names.organization);
    builder.set_issuer(X509_get_subject_name(state_->certificate()));
    builder.extend(NID_ext_key_usage, "serverAuth");
    builder.add_alternative_names(*alternatives, common_name.empty());
    builder.add_authority_key_identifier(state_->certificate());
    if (can_be_extension(names.crl_url)) builder.extend(NID_crl_distribution_points, "URI:" + names.crl_url);
    auto leaf = builder.sign(state_->key.get(), signature);
    if (!leaf) return no_certificate_for(names);
    auto parts = std::make_shared<Identity::Parts>();
    parts->chain.push_back(std::move(leaf));
    parts->key = share(key);
    if (state_->chain.size() > 1) {  // an intermediate authority: clients trust its root only
        for (auto const& certificate : state_->chain) parts->chain.push_back(share(certificate.get()));
    }
    return Identity(std::move(parts));
}

}  // namespace pathology::proxycore::tls
