// The flows of a proxy: those under way, those that are kept, and who is notified of changes.
//
//     begin() ─▶ live ─┬─▶ over, and kept ─▶ removed, or evicted by the limits
//                      └─▶ over: gone with its last owner
//                 every step ─▶ listeners, in batches, each on a thread of its own
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <pathology/proxycore/flow/flow.hpp>
#include <utility>
#include <vector>

namespace pathology::proxycore::flow {

class Registry;

/// What happened to a flow.
struct Change {
    enum class Kind : std::uint8_t { added, updated, removed };
    Kind kind = Kind::added;
    std::shared_ptr<Flow> flow;  ///< to be read on its loop
};

/// What a listener is called with: at most one change of each flow, in the order of their first changes.
struct Changes {
    /// More changed than is kept for a slow listener: `list` is empty, and what the listener knows is out of date.
    bool is_incomplete = false;
    std::vector<Change> list{};
};

/// How much is kept.
struct RegistryLimits {
    std::size_t max_flows = 0;  ///< 0 = nothing is kept
    std::uint64_t max_bytes = 256ULL << 20U;
};

/// The part of LiveFlow that does not depend on the kind of flow.
class LiveFlowBase {
public:
    LiveFlowBase(LiveFlowBase const&) = delete;
    LiveFlowBase& operator=(LiveFlowBase const&) = delete;

protected:
    LiveFlowBase(Registry& registry, std::shared_ptr<Flow> flow);
    ~LiveFlowBase();
    Flow& flow() const { return *flow_; }

private:
    friend class Registry;
    Registry& registry_;
    std::shared_ptr<Flow> flow_;
    LiveFlowBase *previous_ = nullptr, *next_ = nullptr;
};

/// A flow and its place in the registry while its conversation lasts. Its end makes the flow not live.
///
///     flow::LiveFlow<flow::HttpFlow> flow(registry, executor, client, server, now);
///     co_await exchange(context, *flow, stream);
///
/// Thread: the registry's, which must outlive it.
template <class Kind> class LiveFlow final : LiveFlowBase {
public:
    LiveFlow(Registry& registry, boost::asio::any_io_executor loop, std::shared_ptr<Client> client,
             std::shared_ptr<Server> server, Time now)
        : LiveFlowBase(registry, make(registry, std::move(loop), std::move(client), std::move(server), now)) {}

    Kind& operator*() const { return static_cast<Kind&>(flow()); }
    Kind* operator->() const { return &**this; }

private:
    static std::shared_ptr<Kind> make(Registry& registry, boost::asio::any_io_executor loop,
                                      std::shared_ptr<Client> client, std::shared_ptr<Server> server, Time now);
};

/// Lists the live flows of a proxy, keeps them and those that are over, and notifies listeners.
///
/// Cost:   with neither limits nor listeners a flow costs one allocation and a place in a list; nothing is kept, and no
///         hook runs for it.
/// Thread: one, that of the flows, for everything. Other threads post to `Flow::loop` or to the proxy's loop.
class Registry {
public:
    explicit Registry(IdGenerator ids = IdGenerator()) : ids_(std::move(ids)) {}
    ~Registry();
    Registry(Registry const&) = delete;
    Registry& operator=(Registry const&) = delete;

    // --- looking ---
    /// The flows under way, oldest first.
    std::vector<std::shared_ptr<Flow>> live() const;
    /// Those that are kept, by number.
    std::vector<std::shared_ptr<Flow>> kept() const;
    /// Among both; nullptr if there is none.
    std::shared_ptr<Flow> find(Id const& id) const;

    // --- keeping ---
    /// From now on keeps what hooks see, within these limits: the oldest are evicted, except those that are live,
    /// marked or intercepted.
    void keep(RegistryLimits limits);
    /// Keeps a flow that has no conversation, such as one of a file, and numbers it if it has no number.
    void add(std::shared_ptr<Flow> flow);
    /// Keeps it no longer; false if it is not kept.
    bool remove(Id const& id);
    /// Keeps none of the present flows any longer.
    void clear();
    std::uint64_t bytes() const { return bytes_; }  ///< that the kept flows take, by Flow::size()

    // --- changes ---
    /// Ends its listener when it is destroyed; that may happen after the registry's end.
    class Subscription;
    /// Calls `function` on `executor` with what has changed since the last call. One call is pending at a time, so a
    /// slow listener gets fewer and larger batches, and the flows do not wait for it.
    [[nodiscard]] Subscription listen(boost::asio::any_io_executor executor, std::function<void(Changes)> function);
    /// Notes a change. The addon chain calls it after each round of hooks; code that changes a flow elsewhere does, too.
    void record_change(Flow& flow);

    /// Whether flows are kept or there are listeners.
    bool is_watched() const { return limits_.max_flows > 0 || !listeners_.empty(); }
    /// Called when is_watched() may have changed.
    void on_watched(std::function<void()> function) { on_watched_ = std::move(function); }

    Id make_id() { return ids_(); }
    std::uint64_t next_number() { return ++last_number_; }

private:
    friend class LiveFlowBase;
    class Listener;
    struct Kept {
        std::shared_ptr<Flow> flow;
        std::uint64_t size = 0;
    };
    using KeptFlows = std::map<std::uint64_t, Kept>;

    void link(LiveFlowBase& entry);
    void unlink(LiveFlowBase& entry);
    void account(Kept& kept);
    void evict();
    KeptFlows::iterator drop(KeptFlows::iterator place);
    KeptFlows::iterator place_of(Id const& id);
    void notify(Change::Kind kind, std::shared_ptr<Flow> const& flow);
    void notify_watched() const {
        if (on_watched_) on_watched_();
    }

    IdGenerator ids_;
    std::uint64_t last_number_ = 0;
    LiveFlowBase *first_ = nullptr, *last_ = nullptr;  // of the live ones
    RegistryLimits limits_{};
    KeptFlows kept_;
    std::uint64_t bytes_ = 0;
    std::vector<std::shared_ptr<Listener>> listeners_;
    std::function<void()> on_watched_;
};

class Registry::Subscription {
public:
    Subscription() = default;
    explicit Subscription(std::shared_ptr<Listener> listener) : listener_(std::move(listener)) {}
    ~Subscription();
    Subscription(Subscription&&) noexcept = default;
    Subscription& operator=(Subscription&&) noexcept;

private:
    std::shared_ptr<Listener> listener_;
};

namespace detail {
/// Blocks of flows that are over, for the next ones of this thread.
void* allocate_flow(std::size_t size);
void release_flow(void* block, std::size_t size) noexcept;

template <class T> struct FlowAllocator {
    using value_type = T;
    FlowAllocator() = default;
    template <class Other> FlowAllocator(FlowAllocator<Other> const& /*other*/) noexcept {}
    T* allocate(std::size_t count) { return static_cast<T*>(allocate_flow(count * sizeof(T))); }
    void deallocate(T* block, std::size_t count) noexcept { release_flow(block, count * sizeof(T)); }
    bool operator==(FlowAllocator const&) const = default;
};
}  // namespace detail

template <class Kind>
std::shared_ptr<Kind> LiveFlow<Kind>::make(Registry& registry, boost::asio::any_io_executor loop,
                                           std::shared_ptr<Client> client, std::shared_ptr<Server> server, Time now) {
    auto flow = std::allocate_shared<Kind>(detail::FlowAllocator<Kind>(), std::move(client), std::move(server), now,
                                           registry.make_id());
    flow->loop = std::move(loop);
    flow->number = registry.next_number();
    return flow;
}

}  // namespace pathology::proxycore::flow
