// The list of addons is an immutable value behind a shared pointer. A round holds the pointer it began with, so adding
// and removing replace the list and never wait for rounds.
//
//     add():      collect, check ─▶ insert ─▶ load, configure ─┬─▶ begin tasks, `running`
//                                                              └─▶ an exception: erase, withdraw
//     remove():   erase ─▶ end tasks ─▶ `done` ─▶ withdraw
//     replace():  end tasks ─▶ `done` ─▶ erase, withdraw, insert, load (no await in between) ─▶ `running`

#include <pathology/proxycore/addons/chain.hpp>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/async/event.hpp>

#include "thrown.hpp"

namespace pathology::proxycore::addons {
namespace {

constexpr HookSet hooks_of_flows{
    Hook::requestheaders,  Hook::request,           Hook::responseheaders, Hook::response,
    Hook::error,           Hook::http_connect,      Hook::http_connected,  Hook::http_connect_error,
    Hook::websocket_start, Hook::websocket_message, Hook::websocket_end,   Hook::tcp_start,
    Hook::tcp_message,     Hook::tcp_end,           Hook::tcp_error};

constexpr Hook never_concurrent[] = {Hook::load, Hook::configure, Hook::log, Hook::tick};

std::string error_line(std::string_view addon, Hook hook, std::string_view what) {
    return "addon " + std::string(addon) + ", in " + std::string(to_string(hook)) + ": " + std::string(what);
}

LogEntry entry_of(std::string const& addon, Hook hook, std::exception_ptr const& thrown) {
    return {LogLevel::error, error_line(addon, hook, message_of(thrown)), {}, addon};
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

AddonChain::AddonChain(Options& options, LogSink sink, asio::any_io_executor workers, flow::IdGenerator ids)
    : options_(options),
      sink_(std::move(sink)),
      workers_(std::move(workers)),
      flows_(std::move(ids)),
      entries_(make_entries({})),
      listener_(options.add_listener([this](std::set<std::string> const& changed) { configure(changed); })) {
    flows_.on_watched([this] { entries_ = make_entries(entries_->list); });
}

AddonChain::~AddonChain() {
    flows_.on_watched(nullptr);
    options_.remove_listener(listener_);
}

// --- adding and removing ---------------------------------------------------------------------------------------------

std::shared_ptr<AddonChain::Entries const> AddonChain::make_entries(List list) const {
    auto entries = std::make_shared<Entries>();
    // Listeners of the registry get the changes that hooks make, so rounds run even if no addon has the hook.
    if (flows_.is_watched()) entries->hooks = hooks_of_flows;
    for (auto& entry : list) {
        entry.called = entry.hooks - entry.addon->unused();
        entries->hooks = entries->hooks | entry.called;
    }
    entries->list = std::move(list);
    return entries;
}

void AddonChain::collect(AddonHandle const& handle, std::string const& owner, List const& replaced, List& into) {
    auto name = handle.addon->name();
    auto const is_it = [&](Entry const& entry) { return entry.name == name; };
    bool const is_free = find(name) == nullptr || std::any_of(replaced.begin(), replaced.end(), is_it);
    if (!is_free || std::any_of(into.begin(), into.end(), is_it))
        throw AddonError("there is an addon called " + name + " already");
    auto const concurrent = handle.addon->concurrent();
    for (auto const hook : never_concurrent)
        if (concurrent.contains(hook)) throw AddonError(error_line(name, hook, "this hook cannot be concurrent"));
    if (!concurrent.empty() && !workers_)
        throw AddonError("addon " + name + " has concurrent hooks, and there are no workers for them");
    // Parts of parts belong to the outermost addon: removing that removes them all.
    auto const& root = owner.empty() ? name : owner;
    into.push_back({handle.addon, handle.hooks, concurrent, {}, name, root, std::make_shared<Host>(*this, name)});
    for (auto const& part : handle.addon->parts()) collect(part, root, replaced, into);
}

AddonChain::List AddonChain::owned_by(std::string_view name) const {
    List found;
    for (auto const& entry : entries_->list)
        if (entry.name == name || entry.owner == name) found.push_back(entry);
    if (found.empty()) throw AddonError("there is no addon called " + std::string(name));
    return found;
}

std::size_t AddonChain::index_of(Place const& place) const {
    auto const& list = entries_->list;
    if (place.where == Place::Where::front) return 0;
    if (place.where == Place::Where::back) return list.size();
    auto const same_name = owned_by(place.name);
    auto const& nearest = place.where == Place::Where::before ? same_name.front() : same_name.back();
    auto const found =
        std::find_if(list.begin(), list.end(), [&](Entry const& entry) { return entry.addon == nearest.addon; });
    return static_cast<std::size_t>(found - list.begin()) + (place.where == Place::Where::after ? 1 : 0);
}

void AddonChain::insert(List const& fresh, std::size_t index) {
    auto list = entries_->list;
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(index), fresh.begin(), fresh.end());
    entries_ = make_entries(std::move(list));
}

void AddonChain::erase(List const& gone) {
    auto list = entries_->list;
    std::erase_if(list, [&](Entry const& entry) {
        return std::any_of(gone.begin(), gone.end(), [&](Entry const& its) { return its.addon == entry.addon; });
    });
    entries_ = make_entries(std::move(list));
}

void AddonChain::load(List const& fresh, std::map<std::string, OptionValue> const& values) {
    try {
        for (auto const& entry : fresh) {
            if (entry.hooks.contains(Hook::load)) entry.addon->load(*entry.host);
            entry.host->is_loaded_ = true;
        }
        // A reloaded addon gets its former values before it is configured, or it would be configured twice.
        options_.restore(values);
        for (auto const& entry : fresh) configure_one(entry, all_names(options_));
        entries_ = make_entries(entries_->list);
    } catch (...) {
        // All or nothing: also the parts that were loaded before the exception.
        for (auto const& entry : fresh) entry.host->withdraw();
        erase(fresh);
        throw;
    }
    if (!is_running_) return;
    for (auto const& entry : fresh) entry.host->begin(loop_);
}

void AddonChain::add(AddonHandle const& handle, Place const& place) {
    List fresh;
    collect(handle, {}, {}, fresh);
    insert(fresh, index_of(place));
    load(fresh, {});
    if (!is_running_) return;
    for (auto const& entry : fresh)
        if (entry.hooks.contains(Hook::running)) entry.host->spawn(run_over(make_entries({entry}), hooks::running));
}

asio::awaitable<void> AddonChain::end(List const& gone) {
    // Tasks first: they may use what `done` releases.
    for (auto const& entry : gone) co_await entry.host->end_work();
    co_await run_over(make_entries(gone), hooks::done);
}

asio::awaitable<void> AddonChain::remove(std::string name) {
    auto const gone = owned_by(name);
    erase(gone);
    co_await end(gone);
    for (auto const& entry : gone) entry.host->withdraw();
}

asio::awaitable<void> AddonChain::replace(std::string name, AddonHandle handle) {
    auto const gone = owned_by(name);
    List fresh;
    collect(handle, {}, gone, fresh);
    co_await end(gone);
    // No await until the new addon is in the list, so no round can run without either.
    auto const index = index_of(Place::before(name));
    erase(gone);
    std::map<std::string, OptionValue> values;
    for (auto const& entry : gone) values.merge(entry.host->withdraw());
    insert(fresh, index);
    load(fresh, values);
    if (is_running_) co_await run_over(make_entries(fresh), hooks::running);
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

// --- start and stop ------------------------------------------------------------------------------------------------

asio::awaitable<void> AddonChain::start() {
    loop_ = co_await asio::this_coro::executor;
    is_running_ = true;
    // All options are known now, so addons get every value at once.
    configure(all_names(options_));
    auto const entries = entries_;
    for (auto const& entry : entries->list) entry.host->begin(loop_);
    co_await run_over(entries, hooks::running);
}

asio::awaitable<void> AddonChain::stop() {
    auto const entries = entries_;
    co_await end(entries->list);
    is_running_ = false;
    entries_ = make_entries({});
}

/// With other options an addon may use other hooks.
void AddonChain::configure(std::set<std::string> const& changed) {
    auto const entries = entries_;
    for (auto const& entry : entries->list) configure_one(entry, changed);
    entries_ = make_entries(entries_->list);
}

/// Before the start the variables of an addon follow its options, but configure() is not called; nor is it while the
/// addon still declares them.
void AddonChain::configure_one(Entry const& entry, std::set<std::string> const& changed) {
    entry.host->set_variables(changed);
    if (!is_running_ || !entry.host->is_loaded_ || !entry.hooks.contains(Hook::configure)) return;
    try {
        entry.addon->configure(options_, changed);
    } catch (OptionsError const&) {
        throw;  // the addon rejects the value: an error for the caller that changed the option
    } catch (...) {
        log(entry_of(entry.name, Hook::configure, std::current_exception()));
    }
}

asio::awaitable<void> AddonChain::update(std::vector<std::shared_ptr<flow::Flow>> flows, std::string except) {
    auto list = entries_->list;
    std::erase_if(list, [&](Entry const& entry) { return entry.name == except; });
    std::vector<flow::Flow*> plain;
    for (auto const& flow : flows) plain.push_back(flow.get());
    std::span<flow::Flow* const> const changed(plain);
    co_await run_over(make_entries(std::move(list)), hooks::update, changed);
    for (auto const& flow : flows) flows_.record_change(*flow);
}

void AddonChain::log(LogEntry const& entry) {
    sink_(entry);
    auto const entries = entries_;
    for (auto const& listener : entries->list) {
        if (!listener.hooks.contains(Hook::log)) continue;
        try {
            listener.addon->log(entry);
        } catch (...) {
            // To the sink only: the addon would be called again for its own error.
            sink_(entry_of(listener.name, Hook::log, std::current_exception()));
        }
    }
}

bool AddonChain::wants(Hook hook, flow::HttpFlow const& flow) const {
    if (!wants(hook)) return false;
    if (flows_.is_watched()) return true;
    auto const& list = entries_->list;
    return std::any_of(list.begin(), list.end(), [&](Entry const& entry) {
        return entry.called.contains(hook) && !entry.addon->ignores(hook, flow);
    });
}

// --- within a round --------------------------------------------------------------------------------------------------

asio::awaitable<bool> AddonChain::handle_exception(Entry const& entry, Hook hook, std::exception_ptr thrown) {
    // A cancelled hook ends with an exception as well; that is not an error of the addon.
    auto const state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) std::rethrow_exception(thrown);
    if (is_halt(thrown)) co_return true;
    log(entry_of(entry.name, hook, thrown));
    co_return false;
}

asio::awaitable<void> AddonChain::on_worker(asio::awaitable<void> work) {
    auto const strand = asio::make_strand(workers_);  // serialises the work and its cancellation
    co_await asio::co_spawn(strand, std::move(work), asio::use_awaitable);
}

void AddonChain::name_stream_functions(flow::HttpFlow& flow, std::string const& addon) {
    auto const name = [&](flow::Message& message) {
        auto* const modifier = std::get_if<flow::StreamModifier>(&message.stream);
        // The stream runs after this round; an exception of the function then still names its addon.
        if (modifier != nullptr && modifier->addon.empty()) modifier->addon = addon;
    };
    name(flow.request);
    if (flow.response) name(*flow.response);
}

/// The flow is a parameter of the round, so it is valid until the round returns.
asio::awaitable<void> AddonChain::finish_round(flow::Flow& flow) {
    flows_.record_change(flow);
    if (!flow.intercepted()) co_return;
    co_await wait_for(flow);
    flows_.record_change(flow);
}

asio::awaitable<void> AddonChain::wait_for(flow::Flow& flow) {
    auto const resumed = std::make_shared<async::Event>();
    // The flow keeps the callback until it is resumed; by then this coroutine may have been cancelled.
    flow.on_resume([weak = std::weak_ptr(resumed)] {
        if (auto const event = weak.lock()) event->notify();
    });
    co_await resumed->wait(async::as_values);
}

}  // namespace pathology::proxycore::addons
