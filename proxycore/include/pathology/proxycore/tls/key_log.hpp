// Writes the secrets of TLS connections to a file, for the decryption of recorded traffic.
#pragma once

#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <pathology/proxycore/tls/failure.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::tls {

/// Appends lines in the NSS key log format, which packet analysers read (SSLKEYLOGFILE).
///
/// Thread: append() may be called from any thread; lines are not mixed.
class KeyLog {
public:
    /// Opens the file for appending, with mode 0600 if it is new. Its folder has to exist.
    /// Errors: the system's code, with the file's name; also if the file takes no byte.
    static Result<std::shared_ptr<KeyLog>> open(std::filesystem::path const& file);
    ~KeyLog();
    KeyLog(KeyLog const&) = delete;
    KeyLog& operator=(KeyLog const&) = delete;

    /// Appends one line, given without its line feed. Returns false if the file did not take it; errno has the reason.
    bool append(std::string_view line);

private:
    explicit KeyLog(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

/// Returns the file that the environment names for the secrets: the value of the first of `names` that is not empty;
/// empty if there is none. `variable` is std::getenv, or a substitute in tests.
std::string key_log_file(std::initializer_list<char const*> names,
                         std::function<char const*(char const*)> const& variable);

}  // namespace pathology::proxycore::tls
