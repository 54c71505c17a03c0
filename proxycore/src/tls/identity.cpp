// Reads certificate chains with their private key. A file may have both in any order; the key may be encrypted, or be
// that of the authority, as in the files that mitmproxy accepts. Parts are shared and never change: an Identity is
// copied into each handshake, and OpenSSL counts references to the same X509 and EVP_PKEY.

#include "tls/identity.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "tls/authority.hpp"
#include "tls/certificate.hpp"

namespace pathology::proxycore::tls {
namespace {

/// Returns the passphrase to OpenSSL, or failure without one. The default callback would prompt on the terminal.
int give_passphrase(char* into, int room, int /*for_writing*/, void* passphrase) {
    auto const& text = *static_cast<std::string const*>(passphrase);
    if (text.empty() || text.size() > static_cast<std::size_t>(room)) return -1;
    std::ranges::copy(text, into);
    return static_cast<int>(text.size());
}

Failure unusable(std::string_view origin, std::string const& why, std::string reason = {}) {
    return failure(Errc::bad_certificate_file, "cannot use the certificate in '" + std::string(origin) + "': " + why,
                   std::move(reason));
}

}  // namespace

ReadKey read_key(std::string_view pem, std::string const& passphrase) {
    auto const in = reader_of(pem);
    auto* const given = const_cast<std::string*>(&passphrase);
    KeyPtr key(PEM_read_bio_PrivateKey(in.get(), nullptr, give_passphrase, given));
    if (key) {
        ERR_clear_error();
        return {std::move(key), {}};
    }
    // Without a key in the text there is no error; the caller may have another source for it.
    if (pem.find("PRIVATE KEY-----") == std::string_view::npos) {
        ERR_clear_error();
        return {};
    }
    bool const is_encrypted = pem.find("ENCRYPTED") != std::string_view::npos;
    auto reason = take_reason();
    if (is_encrypted)
        reason = passphrase.empty() ? "the key is encrypted, and no passphrase is given"
                                    : "the passphrase does not decrypt the key";
    return {nullptr, reason.empty() ? "the key cannot be read" : reason};
}

Result<std::string> read_file(std::filesystem::path const& file) {
    std::error_code is_there;
    auto const fail = [&](std::string const& why, int code) {
        return failure(error_code(code, boost::system::system_category()),
                       "cannot read '" + file.string() + "': " + why);
    };
    // ifstream opens a directory and fails at the first read, without a useful errno.
    if (std::filesystem::is_directory(file, is_there)) return fail("it is a folder", EISDIR);
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        auto const code = errno;
        return fail(std::strerror(code), code);
    }
    return std::string(std::istreambuf_iterator<char>(in), {});
}

std::string pem_of(EVP_PKEY* key) {
    auto const out = collector();
    PEM_write_bio_PKCS8PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    return collected(out.get());
}

std::string pem_of(X509* certificate) {
    auto const out = collector();
    PEM_write_bio_X509(out.get(), certificate);
    return collected(out.get());
}

Result<Identity> Identity::load(std::filesystem::path const& file, PemOptions const& options) {
    auto const text = read_file(file);
    if (!text) return failure(Errc::bad_certificate_file, text.error().message);
    return parse(*text, file.string(), options);
}

Result<Identity> Identity::parse(std::string_view pem, std::string_view origin, PemOptions const& options) {
    auto parts = std::make_shared<Parts>();
    parts->chain = read_certificates(pem);
    if (parts->chain.empty()) return unusable(origin, "there is none");
    auto [key, reason] = read_key(pem, options.passphrase);
    if (!reason.empty()) return unusable(origin, reason, reason);
    bool const has_own_key = key != nullptr;
    if (!has_own_key && options.authority != nullptr) key = share(options.authority->state().key.get());
    if (!key) return unusable(origin, "there is no private key for it");
    // OpenSSL would report a mismatch with the first handshake only.
    if (X509_check_private_key(parts->certificate(), key.get()) != 1) {
        ERR_clear_error();
        return unusable(origin, has_own_key ? "the private key belongs to another certificate"
                                            : "there is no private key for it, and the authority's does not fit");
    }
    parts->key = std::move(key);
    return Identity(std::move(parts));
}

std::vector<Certificate> Identity::chain() const {
    std::vector<Certificate> result;
    for (auto const& certificate : parts_->chain) result.push_back(describe(certificate.get()));
    return result;
}

Certificate const& Identity::Parts::description() const {
    std::call_once(described_, [this] { description_ = describe(certificate()); });
    return description_;
}

Certificate Identity::certificate() const { return parts_->description(); }

Result<Identity> Identity::with_further(std::vector<Certificate> const& certificates) const {
    auto parts = std::make_shared<Parts>();
    for (auto const& own : parts_->chain) parts->chain.push_back(share(own.get()));
    for (auto const& further : certificates) {
        auto read = read_certificates(further.der);
        if (read.empty()) return unusable("memory", "there is none");
        parts->chain.push_back(std::move(read.front()));
    }
    parts->key = share(parts_->key.get());
    return Identity(std::move(parts));
}

std::string Identity::pem() const {
    auto text = pem_of(parts_->key.get());
    for (auto const& certificate : parts_->chain) text += pem_of(certificate.get());
    return text;
}

}  // namespace pathology::proxycore::tls
