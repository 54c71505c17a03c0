// One line of the proxy's log.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace pathology::proxycore::addons {

enum class LogLevel : std::uint8_t { error, warn, alert, info, debug };

/// "error", "warn", …
std::string_view to_string(LogLevel level);

struct LogEntry {
    LogLevel level = LogLevel::info;
    std::string message{};
    std::string client{};  ///< `host:port` of the client it concerns; empty if it concerns none
    std::string addon{};   ///< the addon that threw what the message says; empty if none did
    bool operator==(LogEntry const&) const = default;
};

using LogSink = std::function<void(LogEntry const&)>;

}  // namespace pathology::proxycore::addons
