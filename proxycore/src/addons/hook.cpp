#include <algorithm>
#include <array>
#include <pathology/proxycore/addons/hook.hpp>
#include <pathology/proxycore/addons/log_entry.hpp>

namespace pathology::proxycore::addons {
namespace {

#define PATHOLOGY_NAME(name) #name,
constexpr std::array names = std::to_array<std::string_view>({PATHOLOGY_HOOKS(PATHOLOGY_NAME)});
#undef PATHOLOGY_NAME
static_assert(names.size() <= 64, "a HookSet has 64 bits");

struct Alias {
    std::string_view name;
    Hook hook;
};
// The names of older versions of the original, which its documents still use.
constexpr Alias aliases[] = {
    {"clientconnect", Hook::client_connected},        {"clientdisconnect", Hook::client_disconnected},
    {"serverconnect", Hook::server_connect},          {"serverdisconnect", Hook::server_disconnected},
    {"client_connect", Hook::client_connected},       {"client_disconnect", Hook::client_disconnected},
    {"server_disconnect", Hook::server_disconnected}, {"start", Hook::load},
    {"websocket_handshake", Hook::websocket_start}};

}  // namespace

std::string_view to_string(Hook hook) { return names[static_cast<std::size_t>(hook)]; }

std::optional<Hook> parse_hook(std::string_view name) {
    if (auto const known = std::find(names.begin(), names.end(), name); known != names.end())
        return static_cast<Hook>(known - names.begin());
    for (auto const& alias : aliases)
        if (alias.name == name) return alias.hook;
    return std::nullopt;
}

std::string_view to_string(LogLevel level) {
    switch (level) {
        case LogLevel::error: return "error";
        case LogLevel::warn: return "warn";
        case LogLevel::alert: return "alert";
        case LogLevel::info: return "info";
        case LogLevel::debug: break;
    }
    return "debug";
}

}  // namespace pathology::proxycore::addons
