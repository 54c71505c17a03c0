// The secrets of TLS connections in a file, for those who look at recorded traffic.
#pragma once

#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <pathology/proxycore/tls/failure.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::tls {

/// Appends lines of the NSS key log format, which packet analysers read (SSLKEYLOGFILE).
///
/// Thread: append() may be called from any thread; lines stay whole.
class KeyLog {
public:
    /// Opens the file for appending, mode 0600 when it is new; folders on the way are made.
    /// Errors: the system's code, with the file's name.
    static Result<std::shared_ptr<KeyLog>> open(std::filesystem::path const& file);
    ~KeyLog();
    KeyLog(KeyLog const&) = delete;
    KeyLog& operator=(KeyLog const&) = delete;

    /// One line without its end.
    void append(std::string_view line);

private:
    explicit KeyLog(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

/// The file in which the environment wants the secrets: what the first of `names` that is set to something says; empty
/// without. `variable` is std::getenv.
std::string key_log_file(std::initializer_list<char const*> names,
                         std::function<char const*(char const*)> const& variable);

}  // namespace pathology::proxycore::tls
