// Loads or creates the files of an authority. Processes that start at the same time end up with the same files: each
// writes under a temporary name and hard-links it; the first link wins.
//
//     NAME-ca.pem exists ──────────────────▶ load
//     only mitmproxy-ca.pem exists ────────▶ load it, write nothing
//     neither ─▶ make ─▶ write temporary ─▶ link ─▶ load, whichever process was first
#include <fcntl.h>
#include <openssl/err.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "tls/authority.hpp"
#include "tls/certificate.hpp"
#include "tls/identity.hpp"

namespace pathology::proxycore::tls {
namespace {

namespace fs = std::filesystem;

Failure system_failure(std::string const& what, int code) {
    return failure(error_code(code, boost::system::system_category()), what + ": " + std::strerror(code));
}

/// A new file under a temporary name; removed unless it is put in place.
class NewFile {
public:
    explicit NewFile(fs::path final_name) : final_(std::move(final_name)), temporary_(final_.string() + ".XXXXXX") {}
    ~NewFile() {
        if (is_there_) ::unlink(temporary_.c_str());
    }
    NewFile(NewFile const&) = delete;
    NewFile& operator=(NewFile const&) = delete;

    Result<void> write(std::string_view content, mode_t mode) {
        int const descriptor = ::mkostemp(temporary_.data(), O_CLOEXEC);
        if (descriptor < 0) return fail();
        is_there_ = true;
        // Before the content is written: a private key is never readable by others.
        bool const is_whole = ::fchmod(descriptor, mode) == 0 && write_all(descriptor, content);
        int const code = errno;
        if (::close(descriptor) != 0 || !is_whole) return fail(is_whole ? errno : code);
        return {};
    }

    /// Gives it its final name; returns false if that file exists. link() fails in that case, where rename() would
    /// replace the authority of another process.
    Result<bool> put_in_place() {
        if (::link(temporary_.c_str(), final_.c_str()) == 0) return true;
        if (errno == EEXIST) return false;
        if (errno != EPERM && errno != EOPNOTSUPP) return fail();
        // Without hard links the last of several processes wins; files are never partial.
        if (::rename(temporary_.c_str(), final_.c_str()) != 0) return fail();
        is_there_ = false;
        return true;
    }

private:
    static bool write_all(int descriptor, std::string_view content) {
        while (!content.empty()) {
            auto const n = ::write(descriptor, content.data(), content.size());
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) return false;
            content.remove_prefix(static_cast<std::size_t>(n));
        }
        return ::fsync(descriptor) == 0;
    }

    Failure fail(int code = errno) const { return system_failure("cannot write '" + final_.string() + "'", code); }

    fs::path final_;
    std::string temporary_;
    bool is_there_ = false;
};

/// Writes a file unless it exists; returns whether it did.
Result<bool> create(fs::path const& file, std::string_view content, mode_t mode) {
    NewFile made(file);
    if (auto const written = made.write(content, mode); !written) return written.error();
    return made.put_in_place();
}

Result<void> make_folder(fs::path const& folder) {
    auto const fail = [&](int code) {
        return system_failure("cannot create the folder '" + folder.string() + "'", code);
    };
    std::error_code ec;
    if (fs::is_directory(folder, ec)) return {};
    ec.clear();
    if (folder.has_parent_path()) fs::create_directories(folder.parent_path(), ec);
    if (ec) return fail(ec.value());
    // The folder has private keys. Its parents get the usual mode.
    if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) {
        return fs::is_directory(folder, ec) ? Result<void>() : fail(ENOTDIR);
    }
    return fail(errno);
}

struct PublicFile {
    std::string ending, content;
    mode_t mode;
};

/// The formats of the certificate for clients; missing ones are created.
Result<void> write_public_files(fs::path const& folder, std::string const& name, Authority::State const& state) {
    auto* const certificate = state.certificate();
    auto const pem = pem_of(certificate);
    PublicFile const files[] = {
        {"-ca-cert.pem", pem, 0644},
        {"-ca-cert.cer", pem, 0644},
        {"-ca-cert.p12", pkcs12_of(nullptr, certificate, name), 0644},
        {"-ca.p12", pkcs12_of(state.key.get(), certificate, name), 0600},
    };
    std::error_code ignored;
    for (auto const& [ending, content, mode] : files) {
        auto const file = folder / (name + ending);
        // A file that exists is kept: it may have been replaced on purpose.
        if (fs::exists(file, ignored)) continue;
        if (auto const made = create(file, content, mode); !made) return made.error();
    }
    return {};
}

Failure unusable_file(fs::path const& file, std::string const& why) {
    return failure(Errc::bad_certificate_file, "cannot use the certificate authority in '" + file.string() +
                                                   "': " + why +
                                                   "; correct the file, or move it away to have a new one created");
}

Result<std::shared_ptr<Authority::State>> load(fs::path const& file, AuthorityOptions const& options) {
    auto const text = read_file(file);
    if (!text) return failure(Errc::bad_certificate_file, text.error().message);
    auto state = std::make_shared<Authority::State>();
    state->chain = read_certificates(*text);
    if (state->chain.empty()) return unusable_file(file, "it holds no certificate");
    auto [key, reason] = read_key(*text, options.passphrase);
    if (!reason.empty()) return unusable_file(file, reason);
    if (!key) return unusable_file(file, "it holds no private key");
    if (X509_check_private_key(state->certificate(), key.get()) != 1) {
        ERR_clear_error();
        return unusable_file(file, "its private key belongs to another certificate");
    }
    state->key = std::move(key);
    state->leaf_key = options.leaf_key;
    state->name = options.name;
    state->file = file;
    return state;
}

Result<std::shared_ptr<Authority::State>> load_or_make(fs::path const& folder, AuthorityOptions const& options) {
    auto const file = folder / (options.name + "-ca.pem");
    std::error_code ec;
    if (!fs::exists(file, ec)) {
        auto const made = make_authority(options);
        auto const content = pem_of(made->key.get()) + pem_of(made->certificate());
        if (auto const created = create(file, content, 0600); !created) return created.error();
    }
    return load(file, options);  // ours, or that of another process
}

}  // namespace

std::filesystem::path default_authority_folder() {
    auto const* const home = std::getenv("HOME");
    return home != nullptr && *home != '\0' ? fs::path(home) / ".pathology" : fs::path();
}

Result<Authority> Authority::open(fs::path const& folder, AuthorityOptions const& options) {
    if (folder.empty()) return failure(Errc::bad_settings, "no folder is given for the certificate authority");
    if (auto const made = make_folder(folder); !made) return made.error();
    std::error_code ec;
    auto const imported = folder / "mitmproxy-ca.pem";
    if (fs::exists(imported, ec) && !fs::exists(folder / (options.name + "-ca.pem"), ec)) {
        auto state = load(imported, options);
        return state ? Result<Authority>(Authority(*state)) : state.error();
    }
    auto const state = load_or_make(folder, options);
    if (!state) return state.error();
    if (auto const written = write_public_files(folder, options.name, **state); !written) return written.error();
    return Authority(*state);
}

}  // namespace pathology::proxycore::tls
