// Verification of the hashes in htpasswd files. OpenSSL has the digests, crypt(3) has bcrypt and SHA-crypt; Apache's
// variant of MD5-crypt has to be computed here. Its steps look arbitrary because the algorithm is.

#include "addons/password_hash.hpp"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <string>

#include "base64.hpp"

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
    return std::string(sha_mark) + encode_base64({reinterpret_cast<char const*>(digest.data()), digest.size()});
}

// --- MD5-crypt, after the description by Poul-Henning Kamp, with Apache's `$apr1$` as the magic word
// ------------------

constexpr std::size_t max_salt_size = 8;
constexpr unsigned rounds = 1000;

using Digest = std::array<unsigned char, 16>;

std::string_view view(Digest const& digest) { return {reinterpret_cast<char const*>(digest.data()), digest.size()}; }

Digest md5(std::string_view text) {
    Digest digest{};
    if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_md5(), nullptr) != 1) throw std::bad_alloc();
    return digest;
}

Digest first_digest(std::string_view password, std::string_view salt) {
    auto const inner = md5(std::string(password).append(salt).append(password));
    auto text = std::string(password).append(apr1_mark).append(salt);
    for (auto left = password.size(); left > 0; left -= std::min(left, inner.size()))
        text.append(view(inner).substr(0, left));
    // A bug of the first implementation that became the definition: zero or the first character, by the bits of the
    // length.
    for (auto bits = password.size(); bits > 0; bits >>= 1U) text += (bits & 1U) != 0 ? '\0' : password.front();
    return md5(text);
}

Digest stretched(Digest digest, std::string_view password, std::string_view salt) {
    for (unsigned round = 0; round < rounds; ++round) {
        bool const is_odd = round % 2 != 0;
        std::string text(is_odd ? password : view(digest));
        if (round % 3 != 0) text.append(salt);
        if (round % 7 != 0) text.append(password);
        text.append(is_odd ? view(digest) : password);
        digest = md5(text);
    }
    return digest;
}

/// crypt's own base64: six bits at a time, the lowest ones first.
void append_base64(std::string& out, unsigned bits, int characters) {
    constexpr std::string_view alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for (; characters > 0; --characters, bits >>= 6U) out += alphabet[bits & 63U];
}

/// The 22 characters after the salt. Only 8 characters of the salt are used.
std::string apr1_hash(std::string_view password, std::string_view salt) {
    salt = salt.substr(0, max_salt_size);
    auto const digest = stretched(first_digest(password, salt), password, salt);
    std::string out;
    // The digest is encoded in groups of bytes 0 6 12, 1 7 13, 2 8 14, 3 9 15, 4 10 5, and 11 alone.
    for (std::size_t at = 0; at < 5; ++at) {
        std::size_t const last = at == 4 ? 5 : at + 12;
        append_base64(out, (unsigned{digest[at]} << 16U) | (unsigned{digest[at + 6]} << 8U) | digest[last], 4);
    }
    append_base64(out, digest[11], 2);
    return out;
}

std::string apr1_hash_like(std::string_view password, std::string_view hash) {
    auto const salt = hash.substr(apr1_mark.size(), hash.find('$', apr1_mark.size()) - apr1_mark.size());
    return std::string(apr1_mark).append(salt).append("$").append(apr1_hash(password, salt));
}

/// Empty if the C library does not support the hash.
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
