// The addons of a proxy in order, and the calls of their hooks.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <pathology/proxycore/addons/addon.hpp>
#include <pathology/proxycore/addons/host.hpp>
#include <pathology/proxycore/addons/options.hpp>
#include <pathology/proxycore/addons/registries.hpp>
#include <pathology/proxycore/flow/registry.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pathology::proxycore::addons {

/// Where an addon goes in the order of the chain: `Place::after("proxyauth")`.
struct Place {
    enum class Where { front, before, after, back };
    Where where = Where::back;
    std::string name{};  ///< of before and after: the addon; its parts belong to it

    static Place front() { return {Where::front}; }
    static Place back() { return {Where::back}; }
    static Place before(std::string name) { return {Where::before, std::move(name)}; }
    static Place after(std::string name) { return {Where::after, std::move(name)}; }
};

/// Calls the addons that override a hook, one after the other.
///
///     if (chain.wants(Hook::request)) co_await chain.run(hooks::request, flow);      // costs one bit if no addon does
///
/// Errors: hooks cannot fail a round: an exception of an addon becomes a line of the log that names addon and hook.
///         After a cancellation of the awaiting coroutine the exception is passed on.
/// Cancel: cancels the hook that is running; the ones after it are not called.
/// Thread: that of the event loop. Adding, replacing and removing is allowed at any time; a running round
///         keeps the addons that it began with.
/// Owns:   the addons (shared), and the registries.
class AddonChain {
public:
    /// `workers` runs concurrent hooks; without it, addons that have some are refused. `options` must outlive the
    /// chain.
    explicit AddonChain(Options& options, LogSink sink, asio::any_io_executor workers = {},
                        flow::IdGenerator ids = flow::IdGenerator());
    ~AddonChain();
    AddonChain(AddonChain const&) = delete;
    AddonChain& operator=(AddonChain const&) = delete;

    /// Adds an addon and its parts, and loads it. If the chain is running, configures it, and has `running` called.
    /// Errors: throws AddonError for a name that is taken, a place that does not exist, and a hook that cannot be
    ///         concurrent; what load() and configure() throw. The chain is as before then.
    void add(AddonHandle const& handle, Place const& place = Place::back());
    /// Removes an addon and its parts, runs their done(), and removes their options, commands and views.
    /// Errors: throws AddonError if there is none of that name.
    asio::awaitable<void> remove(std::string name);
    /// Puts an addon in the place of another one, to reload it: runs done() of the old one, then load(), configure()
    /// and running() of the new one. Options that both declare keep their values. Between done() and load() no hook
    /// runs.
    /// Errors: throws AddonError if there is none of that name, and as add() does; what load() and configure() of the
    ///         new one throw. After these, neither is in the chain.
    asio::awaitable<void> replace(std::string name, AddonHandle handle);
    /// nullptr if there is none of that name.
    std::shared_ptr<Addon> find(std::string_view name) const;
    std::vector<std::string> names() const;

    /// Configures all with every option, then runs `running`.
    /// Errors: OptionsError of configure().
    asio::awaitable<void> start();
    /// Runs `done` of all, in order, and removes them.
    asio::awaitable<void> stop();

    /// Returns true if an addon overrides the hook. If the registry keeps or reports flows, also for all hooks of
    /// flows.
    bool wants(Hook hook) const { return entries_->hooks.contains(hook); }
    /// The same, for a hook of this flow.
    bool wants(Hook hook, flow::HttpFlow const& flow) const;

    /// Calls the hook of every addon that overrides it. Waits while a flow is intercepted.
    template <class... Arguments>
    asio::awaitable<void> run(HookPoint<Arguments...> const& point, std::type_identity_t<Arguments>... arguments) {
        return run_over<Arguments...>(entries_, point, arguments...);
    }
    /// Calls `update` of every addon but the one of that name, and notifies the listeners of the registry.
    asio::awaitable<void> update(std::vector<std::shared_ptr<flow::Flow>> flows, std::string except = {});

    /// Writes to the sink, and calls Addon::log of the addons that override it.
    void log(LogEntry const& entry);

    // --- for Host ---
    Options& options() { return options_; }
    flow::Registry& flows() { return flows_; }
    NamedRegistry<Command>& commands() { return commands_; }
    NamedRegistry<content::View>& content_views() { return content_views_; }
    /// Ends the program: calls the function that was passed to on_stop(), if any.
    void stop_program() const {
        if (on_stop_) on_stop_();
    }
    void on_stop(std::function<void()> function) { on_stop_ = std::move(function); }

private:
    struct Entry {
        std::shared_ptr<Addon> addon;
        HookSet hooks, concurrent;
        HookSet called;           ///< hooks without those that the addon does not use now
        std::string name, owner;  ///< the owner of a part is the addon that added it
        std::shared_ptr<Host> host;
    };
    using List = std::vector<Entry>;
    /// Replaced as a whole, so that a running round keeps its list.
    struct Entries {
        List list;
        HookSet hooks;
    };

    std::shared_ptr<Entries const> make_entries(List list) const;
    /// Checks an addon and its parts, and appends them to `into`. Names of `replaced` may be used again.
    void collect(AddonHandle const& handle, std::string const& owner, List const& replaced, List& into);
    List owned_by(std::string_view name) const;
    std::size_t index_of(Place const& place) const;
    void insert(List const& fresh, std::size_t index);
    void erase(List const& gone);
    /// Loads addons that were just inserted, and configures them if the chain is running; takes them out if they throw.
    void load(List const& fresh, std::map<std::string, OptionValue> const& values);
    void configure(std::set<std::string> const& changed);
    void configure_one(Entry const& entry, std::set<std::string> const& changed);
    asio::awaitable<void> end(List const& gone);
    /// After a hook threw: ends the round (true), continues after a line of the log (false), or throws it again.
    asio::awaitable<bool> handle_exception(Entry const& entry, Hook hook, std::exception_ptr thrown);
    asio::awaitable<void> on_worker(asio::awaitable<void> work);
    static asio::awaitable<void> wait_for(flow::Flow& flow);
    asio::awaitable<void> finish_round(flow::Flow& flow);

    template <class... Arguments>
    asio::awaitable<void> run_over(std::shared_ptr<Entries const> entries, HookPoint<Arguments...> point,
                                   Arguments... arguments);
    template <class Wanted, class... Arguments> static Wanted* find_among(Arguments&... arguments) {
        Wanted* found = nullptr;
        [[maybe_unused]] auto const look = [&]<class T>(T& argument) {
            if constexpr (std::is_base_of_v<Wanted, T>) found = &argument;
        };
        (look(arguments), ...);
        return found;
    }
    /// Stores the name of the addon that set a stream function, for its errors.
    static void name_stream_functions(flow::HttpFlow& flow, std::string const& addon);

    Options& options_;
    LogSink sink_;
    asio::any_io_executor workers_, loop_;
    flow::Registry flows_;
    NamedRegistry<Command> commands_;
    NamedRegistry<content::View> content_views_;
    std::function<void()> on_stop_;
    std::shared_ptr<Entries const> entries_;
    std::size_t listener_ = 0;
    bool is_running_ = false;
};

template <class... Arguments>
asio::awaitable<void> AddonChain::run_over(std::shared_ptr<Entries const> entries, HookPoint<Arguments...> point,
                                           Arguments... arguments) {
    for (auto const& entry : entries->list) {
        if (!entry.called.contains(point.hook)) continue;
        auto* const http = find_among<flow::HttpFlow>(arguments...);
        if (http != nullptr && entry.addon->ignores(point.hook, *http)) continue;
        std::exception_ptr thrown;
        try {
            auto call = ((*entry.addon).*point.function)(arguments...);
            if (entry.concurrent.contains(point.hook))
                co_await on_worker(std::move(call));
            else
                co_await std::move(call);
            if (http != nullptr) name_stream_functions(*http, entry.name);
        } catch (...) {
            thrown = std::current_exception();  // handled below: nothing can be awaited in a handler
        }
        if (!thrown) continue;
        if (co_await handle_exception(entry, point.hook, thrown)) break;
    }
    auto* const flow = find_among<flow::Flow>(arguments...);
    if (flow != nullptr && (flow->intercepted() || flows_.is_watched())) co_await finish_round(*flow);
}

}  // namespace pathology::proxycore::addons
