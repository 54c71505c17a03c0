// After the description of the algorithm by Poul-Henning Kamp, with Apache's magic word.
#include "md5_crypt.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <new>

namespace pathology::proxycore::addons {
namespace {

constexpr std::string_view magic = "$apr1$";
constexpr std::size_t longest_salt = 8;
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
    auto text = std::string(password).append(magic).append(salt);
    for (auto left = password.size(); left > 0; left -= std::min(left, inner.size()))
        text.append(view(inner).substr(0, left));
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

}  // namespace

std::string apr1_hash(std::string_view password, std::string_view salt) {
    salt = salt.substr(0, longest_salt);
    auto const digest = stretched(first_digest(password, salt), password, salt);
    std::string out;
    for (std::size_t at = 0; at < 5; ++at) {
        std::size_t const last = at == 4 ? 5 : at + 12;
        append_base64(out, (unsigned{digest[at]} << 16U) | (unsigned{digest[at + 6]} << 8U) | digest[last], 4);
    }
    append_base64(out, digest[11], 2);
    return out;
}

}  // namespace pathology::proxycore::addons
