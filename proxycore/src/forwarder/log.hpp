// Where the parts of the forwarder write lines of the log.
#pragma once

#include <functional>
#include <pathology/proxycore/addons/log_entry.hpp>
#include <string_view>

namespace pathology::proxycore::forwarder {

using addons::LogLevel;
using Log = std::function<void(LogLevel, std::string_view)>;

}  // namespace pathology::proxycore::forwarder
