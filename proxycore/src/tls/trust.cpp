#include "tls/trust.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string>

#include "tls/identity.hpp"

namespace pathology::proxycore::tls {
namespace {

namespace fs = std::filesystem;

/// The names that `openssl rehash` makes: eight digits of a hash, and a number.
bool is_hash_name(std::string const& name) {
    constexpr std::size_t digits = 8;
    auto const is_hex = [](unsigned char c) { return std::isxdigit(c) != 0; };
    return name.size() > digits + 1 && std::all_of(name.begin(), name.begin() + digits, is_hex) &&
           name[digits] == '.' && std::isdigit(static_cast<unsigned char>(name[digits + 1])) != 0;
}

/// The file of all authorities takes a tenth of a second to parse; the folder has the same certificates and is read on
/// demand. SSL_CERT_FILE and SSL_CERT_DIR have precedence.
void trust_the_system(SSL_CTX* ctx) {
    bool const is_configured = std::getenv(X509_get_default_cert_file_env()) != nullptr ||
                               std::getenv(X509_get_default_cert_dir_env()) != nullptr;
    if (!is_configured && is_rehashed(X509_get_default_cert_dir())) {
        SSL_CTX_set_default_verify_dir(ctx);
    } else {
        SSL_CTX_set_default_verify_paths(ctx);
    }
    ERR_clear_error();  // of paths that do not exist
}

Result<void> trust_file(SSL_CTX* ctx, std::string const& file) {
    auto const text = read_file(file);
    if (!text) return failure(Errc::bad_certificate_file, text.error().message);
    if (SSL_CTX_load_verify_file(ctx, file.c_str()) == 1) return {};
    return failure(Errc::bad_certificate_file, "there is no certificate to trust in '" + file + "'", take_reason());
}

Result<void> trust_folder(SSL_CTX* ctx, std::string const& folder) {
    std::error_code why;
    fs::directory_iterator const entries(folder, why);  // OpenSSL reads the folder only when it verifies
    if (!why && SSL_CTX_load_verify_dir(ctx, folder.c_str()) == 1) return {};
    auto const reason = take_reason();
    return failure(Errc::bad_certificate_file,
                   "cannot read the folder of trusted certificates '" + folder + "': " + (why ? why.message() : reason),
                   reason);
}

}  // namespace

bool is_rehashed(fs::path const& folder) {
    std::error_code ignored;
    fs::directory_iterator entry(folder, ignored);
    auto const has_name = [](fs::directory_entry const& one) { return is_hash_name(one.path().filename().string()); };
    return std::any_of(fs::begin(entry), fs::end(entry), has_name);
}

Result<void> set_trust(SSL_CTX* ctx, Trust const& trust) {
    if (trust.file.empty() && trust.folder.empty()) trust_the_system(ctx);
    if (!trust.file.empty()) {
        if (auto const taken = trust_file(ctx, trust.file); !taken) return taken.error();
    }
    return trust.folder.empty() ? Result<void>() : trust_folder(ctx, trust.folder);
}

}  // namespace pathology::proxycore::tls
