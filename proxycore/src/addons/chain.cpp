#include <pathology/proxycore/addons/chain.hpp>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/async/as_values.hpp>

namespace pathology::proxycore::addons {
namespace {

constexpr Hook never_concurrent[] = {Hook::load, Hook::configure, Hook::log, Hook::tick};

std::string blame(std::string_view addon, Hook hook, std::string_view what) {
    return "addon " + std::string(addon) + ", in " + std::string(to_string(hook)) + ": " + std::string(what);
}

/// What an exception has to say.
std::string message_of(std::exception_ptr const& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (std::exception const& error) {
        return error.what();
    } catch (...) {
        return "an exception that is no std::exception";
    }
}

bool is_halt(std::exception_ptr const& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (AddonHalt const&) {
        return true;
    } catch (...) {
        return false;
    }
}

std::set<std::string> all_names(Options const& options) {
    auto const names = options.names();
    return {names.begin(), names.end()};
}

}  // namespace

AddonChain::AddonChain(Options& options, LogSink sink, asio::any_io_executor workers)
    : options_(options),
      sink_(std::move(sink)),
      workers_(std::move(workers)),
      entries_(make_entries({})),
      listener_(options.add_listener([this](std::set<std::string> const& changed) {
          if (is_running_) configure(*entries_, changed);
      })) {}

AddonChain::~AddonChain() { options_.remove_listener(listener_); }

// --- coming and going ------------------------------------------------------------------------------------------------

std::shared_ptr<AddonChain::Entries const> AddonChain::make_entries(std::vector<Entry> list) {
    auto entries = std::make_shared<Entries>();
    for (auto const& entry : list) entries->hooks = entries->hooks | entry.hooks;
    entries->list = std::move(list);
    return entries;
}

void AddonChain::collect(AddonHandle const& handle, std::string const& owner, std::vector<Entry>& into) const {
    auto name = handle.addon->name();
    auto const has_name = [&](Entry const& entry) { return entry.name == name; };
    if (find(name) != nullptr || std::any_of(into.begin(), into.end(), has_name))
        throw AddonError("there is an addon called " + name + " already");
    auto const concurrent = handle.addon->concurrent();
    for (auto const hook : never_concurrent)
        if (concurrent.contains(hook)) throw AddonError(blame(name, hook, "this hook cannot be concurrent"));
    if (!concurrent.empty() && !workers_)
        throw AddonError("addon " + name + " has concurrent hooks, and there are no workers for them");
    auto const& root = owner.empty() ? name : owner;
    into.push_back({handle.addon, handle.hooks, concurrent, name, root});
    for (auto const& part : handle.addon->parts()) collect(part, root, into);
}

void AddonChain::add(AddonHandle const& handle) {
    std::vector<Entry> fresh;
    collect(handle, {}, fresh);
    for (auto const& entry : fresh)
        if (entry.hooks.contains(Hook::load)) entry.addon->load(options_);
    if (is_running_)
        for (auto const& entry : fresh) configure_one(entry, all_names(options_));
    auto list = entries_->list;
    list.insert(list.end(), fresh.begin(), fresh.end());
    entries_ = make_entries(std::move(list));
}

asio::awaitable<void> AddonChain::remove(std::string name) {
    if (find(name) == nullptr) throw AddonError("there is no addon called " + name);
    std::vector<Entry> kept, gone;
    for (auto const& entry : entries_->list) (entry.name == name || entry.owner == name ? gone : kept).push_back(entry);
    entries_ = make_entries(std::move(kept));
    co_await run_over(make_entries(std::move(gone)), hooks::done);
}

std::shared_ptr<Addon> AddonChain::find(std::string_view name) const {
    for (auto const& entry : entries_->list)
        if (entry.name == name) return entry.addon;
    return nullptr;
}

std::vector<std::string> AddonChain::names() const {
    std::vector<std::string> names;
    for (auto const& entry : entries_->list) names.push_back(entry.name);
    return names;
}

// --- the program's life ----------------------------------------------------------------------------------------------

asio::awaitable<void> AddonChain::start() {
    is_running_ = true;
    configure(*entries_, all_names(options_));
    co_await run(hooks::running);
}

asio::awaitable<void> AddonChain::stop() {
    co_await run(hooks::done);
    is_running_ = false;
    entries_ = make_entries({});
}

void AddonChain::configure(Entries const& entries, std::set<std::string> const& changed) {
    for (auto const& entry : entries.list) configure_one(entry, changed);
}

void AddonChain::configure_one(Entry const& entry, std::set<std::string> const& changed) {
    if (!entry.hooks.contains(Hook::configure)) return;
    try {
        entry.addon->configure(options_, changed);
    } catch (OptionsError const&) {
        throw;  // the addon's way to refuse: whoever changed the option is told
    } catch (...) {
        log({LogLevel::error, blame(entry.name, Hook::configure, message_of(std::current_exception()))});
    }
}

void AddonChain::log(LogEntry const& entry) {
    sink_(entry);
    auto const entries = entries_;
    for (auto const& listener : entries->list) {
        if (!listener.hooks.contains(Hook::log)) continue;
        try {
            listener.addon->log(entry);
        } catch (...) {
            // To the sink alone: a line about a line would come back here.
            sink_({LogLevel::error, blame(listener.name, Hook::log, message_of(std::current_exception()))});
        }
    }
}

// --- within a round --------------------------------------------------------------------------------------------------

asio::awaitable<bool> AddonChain::settle(Entry const& entry, Hook hook, std::exception_ptr thrown) {
    auto const state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) std::rethrow_exception(thrown);
    if (is_halt(thrown)) co_return true;
    LogEntry const line{LogLevel::error, blame(entry.name, hook, message_of(thrown))};
    log(line);
    co_return false;
}

asio::awaitable<void> AddonChain::on_worker(asio::awaitable<void> work) {
    auto const strand = asio::make_strand(workers_);  // so that a cancellation arrives in its turn
    co_await asio::co_spawn(strand, std::move(work), asio::use_awaitable);
}

asio::awaitable<void> AddonChain::wait_for(flow::Flow& flow) {
    auto const executor = co_await asio::this_coro::executor;
    auto const alarm = std::make_shared<asio::steady_timer>(executor, asio::steady_timer::time_point::max());
    flow.on_resume([weak = std::weak_ptr(alarm)] {
        if (auto const waiting = weak.lock()) waiting->cancel();
    });
    co_await alarm->async_wait(async::as_values);
}

}  // namespace pathology::proxycore::addons
