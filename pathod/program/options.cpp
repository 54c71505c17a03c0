// Arguments become DaemonOptions: what depends on several options is checked, and values are converted.

#include "program/options.hpp"

#include <algorithm>
#include <filesystem>
#include <pathology/proxycore/tls/version.hpp>

#include "program/arguments.hpp"

namespace pathology::pathod {
namespace {

using namespace proxycore::console;

constexpr int max_full_backlog = 256;

std::optional<std::string> find_error(DaemonOptions const& daemon) {
    if (daemon.threads == 0) return "--threads must be at least 1";
    if (daemon.max_connections == 0) return "--max-connections must be at least 1";
    if (daemon.backlog && *daemon.backlog < 0) return "--backlog must not be negative";
    if (daemon.backlog && *daemon.backlog > max_full_backlog && daemon.listening == Listening::full_backlog)
        return "--backlog with --full-backlog must be at most " + std::to_string(max_full_backlog) +
               ": the daemon fills it with its own connections";
    if (!daemon.craft_prefix.starts_with('/')) {
        return "--craft-prefix must start with a slash: /" + daemon.craft_prefix;
    }
    if (daemon.files_folder && !std::filesystem::is_directory(*daemon.files_folder)) {
        return "-d: not a directory: " + *daemon.files_folder;
    }
    // The context is made with the first TLS connection only; a wrong version must stop the start.
    if (auto const versions = proxycore::tls::parse_versions(daemon.tls.versions); !versions) {
        return "--ssl-version: " + versions.error().message;
    }
    auto const& names = daemon.tls.alternative_names;
    if (std::find(names.begin(), names.end(), "") != names.end()) return "--san must not be empty";
    if (daemon.tls.common_name == "") return "--cn must not be empty";
    return std::nullopt;
}

InTunnels in_tunnels(Arguments const& arguments) {
    if (arguments.detect_in_tunnels) return InTunnels::detect;
    return arguments.plain_tunnels ? InTunnels::plain : InTunnels::tls;
}

}  // namespace

boost::system::result<ProgramOptions, Exit> parse_options(int argc, char const* const* argv) {
    auto read = read_arguments(argc, argv);
    if (!read) return read.error();
    auto& arguments = *read;
    auto& daemon = arguments.options.daemon;
    if (arguments.options.http2 && !arguments.options.preview)
        return usage_error("pathod", "--http2 requires --preview; clients choose HTTP/2 by ALPN, preface or upgrade");
    if (arguments.refuse) daemon.listening = Listening::refuse;
    if (arguments.full_backlog) daemon.listening = Listening::full_backlog;
    if (auto const error = find_error(daemon)) return usage_error("pathod", *error);
    if (arguments.window.count > 0x7fffffff)
        return usage_error("pathod", "--window: expected at most 2147483647 bytes (RFC 9113 section 6.5.2)");
    daemon.http2_window = static_cast<std::uint32_t>(arguments.window.count);
    daemon.http2_window_updates = !arguments.no_window_updates;
    if (arguments.size_limit) daemon.size_limit = arguments.size_limit->count;
    if (arguments.receive_buffer) daemon.receive_buffer = arguments.receive_buffer->count;
    daemon.max_header = arguments.max_header.count;
    daemon.max_body = arguments.max_body.count;
    daemon.max_message = arguments.max_message.count;
    daemon.time_limit = arguments.time_limit;
    // A limit of zero would time out every read.
    if (arguments.time_limit.count() == 0) daemon.time_limit.reset();
    daemon.tls.in_tunnels = in_tunnels(arguments);
    daemon.tls.clinic = !arguments.no_clinic;
    daemon.craft = !arguments.no_craft;
    daemon.http2 = !arguments.no_http2;
    daemon.timestamps = !arguments.no_timestamp;
    return std::move(arguments.options);
}

}  // namespace pathology::pathod
