#include "tls/trust.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <cctype>
#include <compare>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
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

/// Where the authorities of the system are: a file of all of them, and folders with a file for each. SSL_CERT_FILE and
/// SSL_CERT_DIR have precedence. The file takes some 20 ms to parse, so a folder that has the same is used alone.
struct SystemPaths {
    std::string file, folders;
    auto operator<=>(SystemPaths const&) const = default;

    static SystemPaths of_environment() {
        auto const* const file = std::getenv(X509_get_default_cert_file_env());
        auto const* const folders = std::getenv(X509_get_default_cert_dir_env());
        bool const is_configured = file != nullptr || folders != nullptr;
        SystemPaths paths{file != nullptr ? file : X509_get_default_cert_file(),
                          folders != nullptr ? folders : X509_get_default_cert_dir()};
        if (!is_configured && is_rehashed(paths.folders)) paths.file.clear();
        return paths;
    }
};

/// The authorities of the system, which all contexts of the process share. The first verification reads them.
class SystemStore {
public:
    explicit SystemStore(SystemPaths paths) : paths_(std::move(paths)) {}

    X509_STORE* get() const { return store_.get(); }

    void read() {
        std::call_once(is_read_, [this] {
            if (!paths_.file.empty()) X509_STORE_load_file(store_.get(), paths_.file.c_str());
            X509_STORE_load_path(store_.get(), paths_.folders.c_str());
            ERR_clear_error();  // of paths that do not exist
        });
    }

    /// A program may change its environment between two contexts.
    static SystemStore& of_environment() {
        static std::mutex mutex;
        static std::map<SystemPaths, SystemStore> stores;
        auto paths = SystemPaths::of_environment();
        std::scoped_lock const lock(mutex);
        return stores.try_emplace(paths, paths).first->second;
    }

private:
    struct Free {
        void operator()(X509_STORE* store) const { X509_STORE_free(store); }
    };
    SystemPaths const paths_;
    std::unique_ptr<X509_STORE, Free> store_{X509_STORE_new()};
    std::once_flag is_read_;
};

int read_and_verify(X509_STORE_CTX* verification, void* store) {
    static_cast<SystemStore*>(store)->read();
    return X509_verify_cert(verification);
}

void trust_the_system(SSL_CTX* ctx) {
    auto& store = SystemStore::of_environment();
    SSL_CTX_set1_cert_store(ctx, store.get());
    SSL_CTX_set_cert_verify_callback(ctx, read_and_verify, &store);
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
