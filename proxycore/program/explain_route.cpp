#include "program/explain_route.hpp"

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/flow/url.hpp>
#include <pathology/proxycore/http/escaped.hpp>

#include "proxy/multi_upstream_settings.hpp"
#include "proxy/multi_upstreams.hpp"
#include "proxy/options.hpp"

namespace pathology::pathop {
namespace {

using proxycore::OptionsError;
using proxycore::console::Console;
using proxycore::console::ExitCode;
namespace addons = proxycore::addons;
namespace flow = proxycore::flow;
namespace http = proxycore::http;
namespace modes = proxycore::modes;
namespace multiupstream = proxycore::multiupstream;

struct Target {
    flow::Url url;
    bool is_websocket;
};

/// The URL of a WebSocket is that of its handshake with another scheme (RFC 6455 §3).
Target read_target(std::string const& text) {
    bool const is_websocket = text.starts_with("ws://") || text.starts_with("wss://");
    auto url = flow::parse_url(is_websocket ? "http" + text.substr(2) : text);
    if (!url)
        throw OptionsError("--explain-route " + http::quoted(text) + ": " + url.error().message +
                           "; expected http, https, ws or wss://HOST[:PORT]");
    return {*std::move(url), is_websocket};
}

void check_client(std::string const& text) {
    boost::system::error_code failed;
    boost::asio::ip::make_address(text, failed);
    if (failed && !text.empty()) throw OptionsError("--client " + http::quoted(text) + ": expected an IP address");
}

/// Prints the explanation of one folder. Returns whether there is a route.
bool explain(modes::MultiUpstream const& mode, multiupstream::SelectorSettings const& settings, Target const& target,
             ProgramOptions const& arguments, Console& console) {
    auto loaded = proxycore::proxy::loaded_or_throw(multiupstream::load_folder(mode.folder));
    for (auto const& warning : loaded.warnings) console.err("pathop: " + to_string(warning) + "\n");
    multiupstream::Balancer const balancer(std::move(loaded.configuration), settings.balancer);
    multiupstream::Question question{target.url.host, target.url.port, {}, arguments.explained_client};
    question.is_websocket = target.is_websocket;
    auto const explanation = balancer.preview(question, std::chrono::steady_clock::now());
    console.out((arguments.json ? to_json(explanation) : to_text(explanation)) + "\n");
    bool const goes_direct = explanation.reason == multiupstream::Reason::no_rule &&
                             settings.no_match == multiupstream::SelectorSettings::NoMatch::direct;
    if (goes_direct && !arguments.json) console.out("multiupstream_no_match=direct: the connection is direct\n");
    return !explanation.upstream.empty() || goes_direct;
}

}  // namespace

ExitCode explain_route(ProgramOptions const& arguments, addons::Options const& options, Console& console) {
    auto const target = read_target(*arguments.explained_url);
    check_client(arguments.explained_client);
    auto const settings = proxycore::proxy::multiupstream_settings(options);
    auto code = ExitCode::done;
    bool has_folder = false;
    for (auto const& mode : proxycore::proxy::make_settings(options).modes) {
        auto const* const its = std::get_if<modes::MultiUpstream>(&mode.is);
        if (its == nullptr) continue;
        has_folder = true;
        if (!explain(*its, settings, target, arguments, console)) code = ExitCode::failed;
    }
    if (!has_folder) throw OptionsError("--explain-route requires --mode multiupstream:DIR");
    console.flush();
    return code;
}

}  // namespace pathology::pathop
