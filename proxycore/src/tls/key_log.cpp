#include <pathology/proxycore/tls/key_log.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "tls/openssl.hpp"

namespace pathology::proxycore::tls {

Result<std::shared_ptr<KeyLog>> KeyLog::open(std::filesystem::path const& file) {
    auto const fail = [&file](int code) {
        return failure(error_code(code, boost::system::system_category()),
                       "cannot write the TLS key log '" + file.string() + "': " + std::strerror(code));
    };
    int const descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (descriptor < 0) return fail(errno);
    std::shared_ptr<KeyLog> log(new KeyLog(descriptor));
    // The last line of an existing file may lack its line feed. A full disk is noticed here, too.
    if (!log->append("")) return fail(errno);
    return log;
}

KeyLog::~KeyLog() { ::close(descriptor_); }

/// One system call for each line: with O_APPEND the lines of several writers are not mixed.
bool KeyLog::append(std::string_view line) {
    auto const whole = std::string(line) + "\n";
    for (;;) {
        if (::write(descriptor_, whole.data(), whole.size()) >= 0) return true;
        if (errno != EINTR) return false;
    }
}

std::string key_log_file(std::initializer_list<char const*> names,
                         std::function<char const*(char const*)> const& variable) {
    for (auto const* const name : names) {
        auto const* const file = variable(name);
        if (file != nullptr && *file != '\0') return file;
    }
    return {};
}

}  // namespace pathology::proxycore::tls
