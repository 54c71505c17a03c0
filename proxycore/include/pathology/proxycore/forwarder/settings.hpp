// The settings of the forwarder, from the environment and a `.env` file. The comments of Settings name the variables.
//
//     process environment ─▶ .env ─▶ default            the first that has the variable; names in any case
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <pathology/proxycore/tls/context.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::forwarder {

/// What the forwarder does, and where its backend is. `system_token` is required.
struct Settings {
    std::string system_token{};                      ///< SYSTEM_TOKEN: for the blacklist and activities
    std::string base_url = "http://127.0.0.1:8000";  ///< FASTAPI_BASE_URL, without a slash at the end
    std::string proxy_endpoint = "/proxy";           ///< FASTAPI_PROXY_ENDPOINT
    std::string blacklist_endpoint = "/blacklist";   ///< FASTAPI_BLACKLIST_ENDPOINT
    std::string activity_endpoint = "/activity";     ///< FASTAPI_ACTIVITY_ENDPOINT
    std::chrono::seconds blacklist_refresh{60};      ///< BLACKLIST_REFRESH_SECONDS, at least 1
    std::chrono::milliseconds timeout{30'000};       ///< HTTPX_TIMEOUT: a call of the backend, the wait for a slot
    std::optional<std::uint16_t> listen_port{};      ///< MITM_LISTEN_PORT; the default of the mode without it
    std::size_t max_requests = 100;                  ///< MAX_CONCURRENT_REQUESTS, at least 1
    bool requires_token = true;                      ///< REQUIRE_USER_JWT
    std::string default_token{};                     ///< DEFAULT_USER_JWT with its scheme; empty = none
    bool forwards_token = false;                     ///< FORWARD_USER_JWT: the target gets the user's token
    tls::Trust trust{};                              ///< authorities for the backend; the system's by default
};

/// A variable of the environment.
struct Variable {
    std::string name, value;
};

/// The environment of the process.
/// Thread: while no other thread changes the environment.
std::vector<Variable> process_environment();

/// The file beside the environment.
struct EnvFile {
    std::filesystem::path path = ".env";
    bool is_required = false;  ///< it is an error if the file does not exist
};

struct LoadedSettings {
    Settings settings;
    std::vector<std::string> warnings;  ///< lines of the file that are ignored: `.env:3: …`
};

/// Reads the settings from the variables and from the file. Other variables are ignored.
/// Errors: throws OptionsError for a file that cannot be read, for a missing SYSTEM_TOKEN and for an invalid value; the
///         message names the variable and where it is set, and does not contain the value.
LoadedSettings read_settings(std::vector<Variable> const& environment, EnvFile const& file = {});

}  // namespace pathology::proxycore::forwarder
