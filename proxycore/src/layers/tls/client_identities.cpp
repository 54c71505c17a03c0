#include "layers/tls/client_identities.hpp"

namespace pathology::proxycore::layers {
namespace {

namespace fs = std::filesystem;

/// The host comes from a client; it must not name a file outside the folder.
bool can_be_file(std::string const& host) {
    return !host.empty() && host.front() != '.' && host.find_first_of(std::string_view("/\0", 2)) == std::string::npos;
}

}  // namespace

tls::Result<ClientIdentities> ClientIdentities::open(fs::path const& path) {
    ClientIdentities result;
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
        result.folder_ = path;
        return result;
    }
    auto identity = tls::Identity::load(path);
    if (!identity) return identity.error();
    result.for_all_ = std::move(*identity);
    return result;
}

tls::Result<std::optional<tls::Identity>> ClientIdentities::find(std::string const& host) {
    if (folder_.empty() || !can_be_file(host)) return for_all_;
    auto const file = folder_ / (host + ".pem");
    std::error_code missing;
    // A changed file counts from the next connection on, without a restart; an unchanged one is not parsed again.
    auto const changed = fs::last_write_time(file, missing);
    if (missing) return std::optional<tls::Identity>();
    auto const known = read_.find(file);
    if (known != read_.end() && known->second.changed == changed) return std::optional(known->second.identity);
    auto identity = tls::Identity::load(file);
    if (!identity) return identity.error();
    read_.insert_or_assign(file, Read{changed, *identity});
    return std::optional(std::move(*identity));
}

}  // namespace pathology::proxycore::layers
