// The addons of a proxy, in their order, and the way to call them.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <exception>
#include <memory>
#include <pathology/proxycore/addons/addon.hpp>
#include <pathology/proxycore/addons/options.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace pathology::proxycore::addons {

/// Calls the addons that take part in a hook, one after the other.
///
///     if (chain.wants(Hook::request)) co_await chain.run(hooks::request, flow);  // costs one bit test if no addon has it
///
/// Errors: none from hooks: an exception of an addon becomes a line of the log that names addon and hook. What ends
///         with the awaiting coroutine's own cancellation is passed on.
/// Cancel: that of the hook that is running; the ones after it are not called.
/// Thread: that of the event loop. Adding and removing is allowed at any time; a round that is under way keeps the
///         addons it began with.
/// Owns:   the addons, together with whoever else holds them.
class AddonChain {
public:
    /// `workers` runs concurrent hooks; without it none are accepted. `options` must outlive the chain.
    explicit AddonChain(Options& options, LogSink sink, asio::any_io_executor workers = {});
    ~AddonChain();
    AddonChain(AddonChain const&) = delete;
    AddonChain& operator=(AddonChain const&) = delete;

    /// Appends an addon and its parts, and loads it. Once the chain is running it is configured, too.
    /// Errors: throws AddonError for a name that is taken and for what cannot be concurrent; what load() and
    ///         configure() throw. The chain is as before then.
    void add(AddonHandle const& handle);
    /// Takes an addon and its parts out, and runs their done().
    /// Errors: throws AddonError when there is none of that name.
    asio::awaitable<void> remove(std::string name);
    /// Null when there is none of that name.
    std::shared_ptr<Addon> find(std::string_view name) const;
    std::vector<std::string> names() const;

    /// Configures all with every option, then runs `running`.
    /// Errors: OptionsError of configure().
    asio::awaitable<void> start();
    /// Runs `done` of all, in order, and forgets them.
    asio::awaitable<void> stop();

    /// Whether any addon takes part.
    bool wants(Hook hook) const { return entries_->hooks.contains(hook); }

    /// Calls a hook of every addon that takes part. A flow that was intercepted is waited for.
    template <class... Arguments>
    asio::awaitable<void> run(HookPoint<Arguments...> const& point, std::type_identity_t<Arguments>... arguments) {
        return run_over<Arguments...>(entries_, point, arguments...);
    }

    /// Writes to the sink, and to the addons that listen to the log.
    void log(LogEntry const& entry);

private:
    struct Entry {
        std::shared_ptr<Addon> addon;
        HookSet hooks, concurrent;
        std::string name, owner;  ///< the owner of a part is the addon that brought it
    };
    /// Replaced as a whole, so that a round can go on with what it began with.
    struct Entries {
        std::vector<Entry> list;
        HookSet hooks;
    };

    static std::shared_ptr<Entries const> make_entries(std::vector<Entry> list);
    /// Appends an addon and its parts, when they keep the rules.
    void collect(AddonHandle const& handle, std::string const& owner, std::vector<Entry>& into) const;
    void configure(Entries const& entries, std::set<std::string> const& changed);
    void configure_one(Entry const& entry, std::set<std::string> const& changed);
    /// After a hook threw: ends the round (true), goes on after a line of the log (false), or throws it again.
    asio::awaitable<bool> settle(Entry const& entry, Hook hook, std::exception_ptr thrown);
    asio::awaitable<void> on_worker(asio::awaitable<void> work);
    static asio::awaitable<void> wait_for(flow::Flow& flow);

    template <class... Arguments>
    asio::awaitable<void> run_over(std::shared_ptr<Entries const> entries, HookPoint<Arguments...> point,
                                   Arguments... arguments);
    template <class... Arguments> static flow::Flow* flow_among(Arguments&... arguments) {
        flow::Flow* found = nullptr;
        [[maybe_unused]] auto const look = [&]<class T>(T& argument) {
            if constexpr (std::is_base_of_v<flow::Flow, T>) found = &argument;
        };
        (look(arguments), ...);
        return found;
    }

    Options& options_;
    LogSink sink_;
    asio::any_io_executor workers_;
    std::shared_ptr<Entries const> entries_;
    std::size_t listener_ = 0;
    bool is_running_ = false;
};

template <class... Arguments>
asio::awaitable<void> AddonChain::run_over(std::shared_ptr<Entries const> entries, HookPoint<Arguments...> point,
                                           Arguments... arguments) {
    for (auto const& entry : entries->list) {
        if (!entry.hooks.contains(point.hook)) continue;
        std::exception_ptr thrown;
        try {
            auto call = ((*entry.addon).*point.function)(arguments...);
            if (entry.concurrent.contains(point.hook))
                co_await on_worker(std::move(call));
            else
                co_await std::move(call);
        } catch (...) {
            thrown = std::current_exception();  // settled below, as nothing can be awaited here
        }
        if (!thrown) continue;
        if (co_await settle(entry, point.hook, thrown)) break;
    }
    if (auto* const flow = flow_among(arguments...); flow != nullptr && flow->intercepted()) co_await wait_for(*flow);
}

}  // namespace pathology::proxycore::addons
