#include "tls/clinic/clinic_keys.hpp"

#include <openssl/rsa.h>

#include <string_view>

namespace pathology::proxycore::tls {
namespace {

bool set_parameters(EVP_PKEY_CTX* making, KeySpec const& spec) {
    std::string_view const algorithm = spec.algorithm;
    if (algorithm == "EC") return EVP_PKEY_CTX_set_group_name(making, spec.curve) == 1;
    if (!algorithm.starts_with("RSA")) return true;
    std::unique_ptr<BIGNUM, FreedBy<BN_free>> const exponent(BN_new());
    return BN_set_word(exponent.get(), spec.exponent) == 1 &&
           EVP_PKEY_CTX_set_rsa_keygen_bits(making, static_cast<int>(spec.bits)) == 1 &&
           EVP_PKEY_CTX_set1_rsa_keygen_pubexp(making, exponent.get()) == 1;
}

KeyPtr make_key(KeySpec const& spec) {
    std::unique_ptr<EVP_PKEY_CTX, FreedBy<EVP_PKEY_CTX_free>> const making(
        EVP_PKEY_CTX_new_from_name(nullptr, spec.algorithm, nullptr));
    EVP_PKEY* made = nullptr;
    bool const is_made = making && EVP_PKEY_keygen_init(making.get()) == 1 && set_parameters(making.get(), spec) &&
                         EVP_PKEY_generate(making.get(), &made) == 1;
    KeyPtr key(made);
    return is_made ? std::move(key) : nullptr;
}

}  // namespace

EVP_PKEY* ClinicKeys::key(KeySpec const& spec) {
    auto name = spec.purpose + ' ' + spec.algorithm + ' ' + spec.curve + ' ' + std::to_string(spec.bits) + ' ' +
                std::to_string(spec.exponent);
    std::scoped_lock const lock(mutex_);
    auto& key = made_[std::move(name)];
    if (!key) key = make_key(spec);
    return key.get();
}

}  // namespace pathology::proxycore::tls
