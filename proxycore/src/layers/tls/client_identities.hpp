// The certificates that the proxy sends to servers that request one.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <pathology/proxycore/tls/identity.hpp>
#include <string>

namespace pathology::proxycore::layers {

/// One for all servers, or one for each host that has a file.
///
/// Files: PEM, key and certificate. In a folder they are called `HOST.pem`; what changes there counts from the next
///        connection on.
class ClientIdentities {
public:
    ClientIdentities() = default;
    /// `path` is a file, or a folder.
    /// Errors: Errc::bad_certificate_file naming the path: it is not there, or the file cannot be used.
    static tls::Result<ClientIdentities> open(std::filesystem::path const& path);

    /// Returns std::nullopt if that host has none.
    /// Errors: Errc::bad_certificate_file for the host's file.
    tls::Result<std::optional<tls::Identity>> find(std::string const& host);

private:
    struct Read {
        std::filesystem::file_time_type changed;
        tls::Identity identity;
    };
    std::optional<tls::Identity> for_all_;
    std::filesystem::path folder_;
    std::map<std::filesystem::path, Read> read_;
};

}  // namespace pathology::proxycore::layers
