#include <pathology/proxycore/forwarder/settings.hpp>

#include <unistd.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/flow/url.hpp>
#include <pathology/proxycore/http/fields.hpp>

#include "forwarder/env_file.hpp"

namespace pathology::proxycore::forwarder {
namespace {

constexpr std::size_t max_file_size = 1 << 20;
constexpr std::uint32_t max_count = std::numeric_limits<std::int32_t>::max();
constexpr double max_seconds = 365 * 24 * 3600;  // longer times are cut to this

/// A variable, and where it is set.
struct Found {
    std::string_view name;
    std::string value;
    std::string place;
};

[[noreturn]] void refuse(Found const& found, std::string_view expected) {
    throw OptionsError(std::string(found.name) + " (" + found.place + "): expected " + std::string(expected));
}

// --- where variables are set -----------------------------------------------------------------------------------------

std::optional<std::string> text_of(EnvFile const& file) {
    std::error_code ec;
    auto const name = file.path.string();
    if (!std::filesystem::exists(file.path, ec)) {
        if (file.is_required) throw OptionsError(name + " does not exist; --forwarder-env takes a .env file");
        return std::nullopt;
    }
    if (std::filesystem::is_directory(file.path, ec)) {
        if (file.is_required) throw OptionsError(name + " is a directory; --forwarder-env takes a .env file");
        return std::nullopt;
    }
    std::ifstream stream(file.path, std::ios::binary);
    std::string text(max_file_size + 1, '\0');
    if (stream) stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!stream.is_open() || stream.bad()) throw OptionsError(name + " cannot be read; check its permissions");
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > max_file_size) throw OptionsError(name + " is larger than 1 MiB; a .env file has a few lines");
    return text;
}

class Sources {
public:
    Sources(std::vector<Variable> const& environment, EnvFile const& file)
        : environment_(environment), file_(file.path.string()), text_(parse_env(text_of(file).value_or(""))) {}

    /// In the environment the name in capital letters wins over other spellings; in the file the last line does.
    std::optional<Found> find(std::string_view name) const {
        Variable const* found = nullptr;
        for (auto const& variable : environment_)
            if (variable.name == name || (found == nullptr && http::equals_ignoring_case(variable.name, name)))
                found = &variable;
        if (found != nullptr) return Found{name, trimmed(found->value), "environment"};
        auto const is_it = [name](EnvLine const& line) { return http::equals_ignoring_case(line.name, name); };
        auto const line = std::find_if(text_.lines.rbegin(), text_.lines.rend(), is_it);
        if (line == text_.lines.rend()) return std::nullopt;
        return Found{name, trimmed(line->value), file_ + ", line " + std::to_string(line->number)};
    }

    std::vector<std::string> warnings() const {
        std::vector<std::string> warnings;
        for (auto const number : text_.invalid)
            warnings.push_back(file_ + ":" + std::to_string(number) +
                               ": the line is ignored; expected NAME=value, a comment or nothing");
        return warnings;
    }

    std::string const& file() const { return file_; }

private:
    static std::string trimmed(std::string_view value) { return std::string(ascii::trimmed(value)); }

    std::vector<Variable> const& environment_;
    std::string file_;
    EnvText text_;
};

// --- types of values -------------------------------------------------------------------------------------------------

template <class Number> std::optional<Number> parse_number(std::string_view text) {
    Number number{};
    auto const [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (ec != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::uint32_t whole_number(Found const& found, std::uint32_t max) {
    auto const number = parse_number<std::uint32_t>(found.value);
    if (!number || *number < 1 || *number > max) refuse(found, "a whole number from 1 to " + std::to_string(max));
    return *number;
}

/// Rounded up to milliseconds, so that none is 0.
std::chrono::milliseconds seconds(Found const& found) {
    auto const number = parse_number<double>(found.value);
    if (!number || !(*number > 0) || std::isinf(*number))
        refuse(found, "a number of seconds above 0, such as 30 or 2.5");
    return std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(std::min(*number, max_seconds) * 1000)));
}

bool flag(Found const& found) {
    constexpr std::array<std::string_view, 4> yes{"true", "1", "yes", "on"}, no{"false", "0", "no", "off"};
    auto const word = ascii::lowered(found.value);
    if (std::find(yes.begin(), yes.end(), word) != yes.end()) return true;
    if (std::find(no.begin(), no.end(), word) == no.end()) refuse(found, "true, false, 1, 0, yes, no, on or off");
    return false;
}

/// What may stand in a request target without encoding.
bool is_printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

std::string endpoint(Found const& found) {
    bool const is_path =
        found.value.starts_with('/') && is_printable(found.value) && found.value.find('#') == std::string::npos;
    if (!is_path) refuse(found, "a path that begins with /");
    return found.value;
}

std::string base_url(Found const& found) {
    auto const url = flow::parse_url(found.value);
    if (!url || url->path.find_first_of("?#") != std::string::npos || found.value.find('@') != std::string::npos)
        refuse(found, "a URL http://HOST or https://HOST, optionally with a port and a path");
    auto text = found.value;
    while (text.ends_with('/')) text.pop_back();
    return text;
}

/// A field value; it is sent to the backend.
std::string token(Found const& found) {
    auto const is_allowed = [](char c) { return c >= ' ' && c <= '~'; };
    if (!std::all_of(found.value.begin(), found.value.end(), is_allowed)) refuse(found, "printable ASCII characters");
    return found.value;
}

/// Documents write the default token with and without its scheme (D45).
std::string with_scheme(std::string value) {
    if (value.empty() || value.find(' ') != std::string::npos) return value;
    return "Bearer " + value;
}

std::string system_token(Sources const& sources) {
    auto const found = sources.find("SYSTEM_TOKEN");
    if (!found)
        throw OptionsError(
            "SYSTEM_TOKEN is not set: the backend identifies the forwarder by it; set it in the environment or in " +
            sources.file());
    auto value = token(*found);
    if (value.empty()) refuse(*found, "a token, and not an empty value");
    return value;
}

}  // namespace

std::vector<Variable> process_environment() {
    std::vector<Variable> variables;
    for (char const* const* entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
        std::string_view rest(*entry);
        auto const name = ascii::take_until(rest, '=');
        variables.push_back({std::string(name), std::string(rest)});
    }
    return variables;
}

LoadedSettings read_settings(std::vector<Variable> const& environment, EnvFile const& file) {
    Sources const sources(environment, file);
    LoadedSettings loaded{{}, sources.warnings()};
    auto& settings = loaded.settings;
    auto const read = [&sources](std::string_view name, auto const& take) {
        if (auto const found = sources.find(name)) take(*found);
    };
    settings.system_token = system_token(sources);
    read("FASTAPI_BASE_URL", [&](Found const& found) { settings.base_url = base_url(found); });
    read("FASTAPI_PROXY_ENDPOINT", [&](Found const& found) { settings.proxy_endpoint = endpoint(found); });
    read("FASTAPI_BLACKLIST_ENDPOINT", [&](Found const& found) { settings.blacklist_endpoint = endpoint(found); });
    read("FASTAPI_ACTIVITY_ENDPOINT", [&](Found const& found) { settings.activity_endpoint = endpoint(found); });
    read("BLACKLIST_REFRESH_SECONDS", [&](Found const& found) {
        settings.blacklist_refresh = std::chrono::seconds(whole_number(found, max_count));
    });
    read("HTTPX_TIMEOUT", [&](Found const& found) { settings.timeout = seconds(found); });
    read("MITM_LISTEN_PORT",
         [&](Found const& found) { settings.listen_port = static_cast<std::uint16_t>(whole_number(found, 65535)); });
    read("MAX_CONCURRENT_REQUESTS",
         [&](Found const& found) { settings.max_requests = whole_number(found, max_count); });
    read("REQUIRE_USER_JWT", [&](Found const& found) { settings.requires_token = flag(found); });
    read("DEFAULT_USER_JWT", [&](Found const& found) { settings.default_token = with_scheme(token(found)); });
    read("FORWARD_USER_JWT", [&](Found const& found) { settings.forwards_token = flag(found); });
    return loaded;
}

}  // namespace pathology::proxycore::forwarder
