// The selectors of the listeners in multi-upstream mode, and their folders.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <pathology/proxycore/addons/chain.hpp>
#include <pathology/proxycore/addons/log_entry.hpp>
#include <pathology/proxycore/addons/options.hpp>
#include <pathology/proxycore/async/event.hpp>
#include <pathology/proxycore/modes/mode.hpp>
#include <pathology/proxycore/multiupstream/selector.hpp>
#include <string>
#include <vector>

#include "multiupstream/folder_watch.hpp"
#include "multiupstream/redis_state.hpp"
#include "proxy/upstream_checks.hpp"

namespace pathology::proxycore::proxy {

/// What was loaded for the start of a program.
/// Errors: throws OptionsError with all mistakes, a line for each.
multiupstream::Loaded loaded_or_throw(multiupstream::FolderWatch::Loading loading);

/// Adds an addon, unless it is there, that logs the 407 of an upstream proxy to a plain request; the client gets it as it
/// came.
void add_credentials_warning(addons::AddonChain& chain);

/// One selector for each folder of multi-upstream mode, made when the proxy is made; listeners that read one folder share
/// it.
///
/// Thread: that of the proxy, but for the constructor.
class MultiUpstreams {
public:
    using Log = std::function<void(addons::LogLevel, std::string)>;

    /// Errors: throws OptionsError.
    MultiUpstreams(addons::Options const& options, std::vector<modes::Mode> const& modes, Log log);

    bool empty() const { return all_.empty(); }
    /// nullptr for a mode of another kind.
    std::shared_ptr<multiupstream::Selector> of(modes::Mode const& mode) const;

    /// Logs what was loaded, and the warnings.
    void welcome();
    /// Begins the active checks, if the options want some.
    void start_checks(boost::asio::any_io_executor const& loop, layers::Services& services);
    boost::asio::awaitable<void> stop_checks();
    /// Looks for changed files once a second and keeps the shared state, until it is cancelled.
    boost::asio::awaitable<void> watch();
    /// Makes watch() read all folders at its next look.
    void reload() { is_reload_wanted_ = true; }
    std::vector<multiupstream::FolderStatistics> statistics() const;
    /// Logs the counters of each upstream.
    void report() const;
    /// `multiupstream.statistics`, the lines of to_json_lines(). It must not be called after *this is gone.
    addons::Command statistics_command() const;

private:
    struct One {
        modes::MultiUpstream mode;
        std::shared_ptr<multiupstream::FolderWatch> files;  // a worker reads them
        std::vector<multiupstream::Mistake> warnings;
        std::shared_ptr<multiupstream::Selector> selector;
        std::unique_ptr<UpstreamChecks> checks;  // nullptr: there are none
    };

    boost::asio::awaitable<void> watch_files();
    boost::asio::awaitable<void> share();
    boost::asio::awaitable<void> look(One& one, bool is_forced);
    void apply(One& one, multiupstream::FolderWatch::Loading loading);

    Log log_;
    std::vector<One> all_;
    std::shared_ptr<multiupstream::RedisState> shared_;  // nullptr = nothing is shared
    async::Event welcomed_;
    bool is_welcomed_ = false;
    async::TaskGroup checks_;
    bool is_reload_wanted_ = false;
};

}  // namespace pathology::proxycore::proxy
