#include "addons/password_hash.hpp"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <string>

#include "md5_crypt.hpp"

namespace pathology::proxycore::addons {
namespace {

constexpr std::string_view sha_mark = "{SHA}";
constexpr std::string_view apr1_mark = "$apr1$";
constexpr std::string_view crypt_marks[] = {"$2a$", "$2b$", "$2y$", "$5$", "$6$"};

bool is_for_crypt(std::string_view hash) {
    return std::any_of(std::begin(crypt_marks), std::end(crypt_marks),
                       [&](auto const mark) { return hash.starts_with(mark); });
}

/// `{SHA}` and the base64 of the SHA-1 digest.
std::string sha_hash(std::string_view password) {
    std::array<unsigned char, 20> digest{};
    if (EVP_Digest(password.data(), password.size(), digest.data(), nullptr, EVP_sha1(), nullptr) != 1)
        throw std::bad_alloc();
    std::array<unsigned char, 29> text{};
    EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
    return std::string(sha_mark) + reinterpret_cast<char const*>(text.data());
}

std::string apr1_hash_like(std::string_view password, std::string_view hash) {
    auto const salt = hash.substr(apr1_mark.size(), hash.find('$', apr1_mark.size()) - apr1_mark.size());
    return std::string(apr1_mark).append(salt).append("$").append(apr1_hash(password, salt));
}

/// Nothing where the C library cannot do it.
std::string crypt_hash_like(std::string_view password, std::string_view hash) {
    auto const workspace = std::make_unique<crypt_data>();  // 32 KiB
    auto const* const made = crypt_r(std::string(password).c_str(), std::string(hash).c_str(), workspace.get());
    return made == nullptr ? std::string() : made;
}

}  // namespace

bool is_known_hash(std::string_view hash) {
    return hash.starts_with(sha_mark) || hash.starts_with(apr1_mark) || is_for_crypt(hash);
}

bool equal_secrets(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool matches_hash(std::string_view password, std::string_view hash) {
    if (hash.starts_with(sha_mark)) return equal_secrets(sha_hash(password), hash);
    if (hash.starts_with(apr1_mark)) return equal_secrets(apr1_hash_like(password, hash), hash);
    // crypt ends its password at the first zero byte.
    if (!is_for_crypt(hash) || password.find('\0') != std::string_view::npos) return false;
    return equal_secrets(crypt_hash_like(password, hash), hash);
}

}  // namespace pathology::proxycore::addons
