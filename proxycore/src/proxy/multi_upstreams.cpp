// folder ─▶ FolderWatch, on a worker ─▶ Configuration ─▶ Selector::reload(), UpstreamChecks::follow()
//                                   └─▶ mistakes ─▶ log; the configuration stays

#include "proxy/multi_upstreams.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <pathology/proxycore/async/race.hpp>
#include <pathology/proxycore/async/run_on_loop.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/async/workers.hpp>
#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <utility>

#include "proxy/multi_upstream_settings.hpp"
#include "thrown.hpp"

namespace pathology::proxycore::proxy {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using addons::LogLevel;
using addons::Options;
using multiupstream::FolderWatch;

constexpr auto between_looks = 1s;

std::string listed(std::vector<std::string> const& names) {
    std::string list;
    for (auto const& name : names) list.append(list.empty() ? "" : ", ").append(name);
    return list;
}

std::string names_in(multiupstream::Configuration const& configuration) {
    std::vector<std::string> names;
    for (auto const& upstream : configuration.upstreams) names.push_back(upstream.name);
    return listed(names);
}

std::string describe(multiupstream::ReloadReport const& report) {
    auto text = std::to_string(report.kept) + " kept";
    if (!report.added.empty()) text += "; added: " + listed(report.added);
    if (!report.removed.empty()) text += "; removed: " + listed(report.removed);
    return text;
}

class CredentialsWarning final : public addons::Addon {
public:
    explicit CredentialsWarning(addons::AddonChain& chain) : chain_(chain) {}

    std::string name() const override { return "multiupstream"; }
    bool ignores(addons::Hook /*hook*/, flow::HttpFlow const& flow) const noexcept override {
        constexpr int proxy_authentication_required = 407;
        return !flow.response || flow.response->status_code != proxy_authentication_required ||
               !flow.server_conn->via();
    }
    asio::awaitable<void> responseheaders(flow::HttpFlow& flow) override {
        chain_.log({LogLevel::warn, "upstream proxy " + to_string(*flow.server_conn->via()) +
                                        " requires credentials, or rejects those that it has: 407 " +
                                        http::terminal_text(flow.response->reason)});
        co_return;
    }

private:
    addons::AddonChain& chain_;
};

}  // namespace

void add_credentials_warning(addons::AddonChain& chain) {
    auto warning = std::make_shared<CredentialsWarning>(chain);
    if (!chain.find(warning->name())) chain.add(std::move(warning));
}

multiupstream::Loaded loaded_or_throw(FolderWatch::Loading loading) {
    if (!loading) throw OptionsError(to_string(loading.error()));
    return *std::move(loading);
}

MultiUpstreams::MultiUpstreams(Options const& options, std::vector<modes::Mode> const& modes, Log log)
    : log_(std::move(log)) {
    auto const settings = multiupstream_settings(options);
    auto const checks = check_settings(options);
    if (auto shared = shared_settings(options))
        shared_ = std::make_shared<multiupstream::RedisState>(*std::move(shared), log_);
    for (auto const& mode : modes) {
        auto const* const its = std::get_if<modes::MultiUpstream>(&mode.is);
        if (its == nullptr || of(mode)) continue;
        auto files = std::make_shared<FolderWatch>(its->folder);
        auto loaded = loaded_or_throw(files->load());
        auto selector = std::make_shared<multiupstream::Selector>(std::move(loaded.configuration), settings, log_);
        if (shared_) selector->share(shared_);
        all_.push_back({*its, std::move(files), std::move(loaded.warnings), selector, nullptr});
        if (checks) all_.back().checks = std::make_unique<UpstreamChecks>(std::move(selector), *checks, log_);
    }
}

std::shared_ptr<multiupstream::Selector> MultiUpstreams::of(modes::Mode const& mode) const {
    auto const* const its = std::get_if<modes::MultiUpstream>(&mode.is);
    if (its == nullptr) return nullptr;
    auto const found = std::ranges::find(all_, *its, &One::mode);
    return found == all_.end() ? nullptr : found->selector;
}

void MultiUpstreams::welcome() {
    for (auto& one : all_) {
        for (auto const& warning : std::exchange(one.warnings, {})) log_(LogLevel::warn, to_string(warning));
        auto const& configuration = one.selector->balancer().configuration();
        log_(LogLevel::info, one.mode.folder + ": " + std::to_string(configuration.upstreams.size()) +
                                 " upstream proxies: " + names_in(configuration));
    }
    is_welcomed_ = true;
    welcomed_.notify();
}

void MultiUpstreams::start_checks(boost::asio::any_io_executor const& loop, layers::Services& services) {
    auto const on_end = [this](std::exception_ptr const& thrown) {
        if (thrown) log_(LogLevel::error, "the active checks of upstream proxies have ended: " + message_of(thrown));
    };
    for (auto const& one : all_)
        if (one.checks) checks_.add(loop, one.checks->run(services), on_end);
}

boost::asio::awaitable<void> MultiUpstreams::stop_checks() {
    checks_.cancel_all();
    co_await checks_.join();
}

boost::asio::awaitable<void> MultiUpstreams::watch() {
    auto watching = watch_files();
    if (!shared_) {
        co_await std::move(watching);
        co_return;
    }
    auto sharing = share();
    co_await async::race(std::move(watching), std::move(sharing));
}

/// Logs nothing before what a user sees first.
boost::asio::awaitable<void> MultiUpstreams::share() {
    while (!is_welcomed_) co_await welcomed_.wait();
    co_await shared_->run();
}

boost::asio::awaitable<void> MultiUpstreams::watch_files() {
    for (;;) {
        co_await async::pause(between_looks);
        bool const is_forced = std::exchange(is_reload_wanted_, false);
        for (auto& one : all_) co_await look(one, is_forced);
    }
}

boost::asio::awaitable<void> MultiUpstreams::look(One& one, bool is_forced) {
    using Maybe = std::optional<FolderWatch::Loading>;
    auto const read = [files = one.files, is_forced]() -> Maybe {
        return is_forced ? Maybe(files->load()) : files->load_if_changed();
    };
    auto reading = async::run_on_loop(async::workers(), read);
    auto loading = co_await reading.wait();
    if (loading) apply(one, *std::move(loading));
}

void MultiUpstreams::apply(One& one, FolderWatch::Loading loading) {
    auto const& folder = one.mode.folder;
    if (!loading) {
        log_(LogLevel::error, folder + ": the changed configuration is not used; the configuration before stays");
        for (auto const& mistake : loading.error().list) log_(LogLevel::error, to_string(mistake));
        return;
    }
    for (auto const& warning : loading->warnings) log_(LogLevel::warn, to_string(warning));
    auto const report = one.selector->reload(std::move(loading->configuration));
    log_(LogLevel::info, folder + ": configuration reloaded: " + describe(report));
    if (one.checks) one.checks->follow();
}

std::vector<multiupstream::FolderStatistics> MultiUpstreams::statistics() const {
    std::vector<multiupstream::FolderStatistics> all;
    for (auto const& one : all_) all.push_back({one.mode.folder, one.selector->statistics()});
    return all;
}

addons::Command MultiUpstreams::statistics_command() const {
    addons::Command command{"multiupstream.statistics"};
    command.result = "str[]";
    command.help = "The counters of each upstream proxy, a JSON object for each.";
    command.call = [this](std::vector<addons::CommandValue>) -> boost::asio::awaitable<addons::CommandValue> {
        std::vector<std::string> lines;
        for (auto const& folder : statistics())
            for (auto& line : to_json_lines(folder)) lines.push_back(std::move(line));
        co_return lines;
    };
    return command;
}

void MultiUpstreams::report() const {
    for (auto const& one : all_) {
        auto text = to_text(one.selector->statistics());
        for (std::size_t begin = 0; begin < text.size();) {
            auto const end = std::min(text.find('\n', begin), text.size());
            log_(LogLevel::info, one.mode.folder + ": " + text.substr(begin, end - begin));
            begin = end + 1;
        }
    }
}

}  // namespace pathology::proxycore::proxy
