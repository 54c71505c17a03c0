// Which flows exist, and who is notified of changes.
//
//      live list   each flow whose connection serves it: always, one link and unlink for each flow
//      kept_       by number, within the limits: only after keep()
//      listeners_  get merged changes, each on its own executor
//
// Without keep() and listeners a flow costs two pointer assignments. All but the listeners' queues is used by one
// thread.

#include <pathology/proxycore/flow/registry.hpp>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <mutex>
#include <new>
#include <unordered_map>

namespace pathology::proxycore::flow {
namespace {

constexpr std::size_t max_pending = 10'000;  // changes that are kept for one slow listener

}  // namespace

// --- listeners -------------------------------------------------------------------------------------------------------

/// Collects changes until the next call. Filled on the thread of the flows, delivered on that of the listener.
///
///     idle ── note() ─▶ posted ── note() … merge ── deliver() ─▶ idle
///                         └── more than max_pending ─▶ is_incomplete, without a list
class Registry::Listener : public std::enable_shared_from_this<Listener> {
public:
    Listener(boost::asio::any_io_executor executor, std::function<void(Changes)> function)
        : executor_(std::move(executor)), function_(std::move(function)) {}

    bool is_closed() const {
        std::scoped_lock const lock(mutex_);
        return is_closed_;
    }
    void close() {
        std::scoped_lock const lock(mutex_);
        is_closed_ = true;
    }

    void record(Change::Kind kind, std::shared_ptr<Flow> const& flow) {
        std::scoped_lock const lock(mutex_);
        if (is_closed_) return;
        merge(kind, flow);
        // At most one call is pending: changes that come meanwhile are merged into it.
        if (!std::exchange(is_posted_, true))
            boost::asio::post(executor_, [self = shared_from_this()] { self->deliver(); });
    }

private:
    /// Merges two changes of a flow: added + updated = added; added + removed = none; updated + removed = removed.
    void merge(Change::Kind kind, std::shared_ptr<Flow> const& flow) {
        if (pending_.is_incomplete) return;
        auto const [known, is_new] = places_.try_emplace(flow.get(), pending_.list.size());
        if (is_new) {
            if (pending_.list.size() == max_pending) return give_up();
            pending_.list.push_back({kind, flow});
            return;
        }
        auto& change = pending_.list[known->second];
        if (kind == Change::Kind::updated) return;
        if (kind == Change::Kind::removed && change.kind == Change::Kind::added) {
            change.flow = nullptr;  // skipped by deliver(); erasing it would shift the places of others
            places_.erase(known);
        } else {
            change.kind = kind;
        }
    }

    void give_up() {
        places_.clear();
        pending_ = Changes{true, {}};
    }

    void deliver() {
        Changes changes;
        {
            std::scoped_lock const lock(mutex_);
            is_posted_ = false;
            if (is_closed_) return;
            changes = std::exchange(pending_, {});
            places_.clear();
        }
        std::erase_if(changes.list, [](Change const& change) { return change.flow == nullptr; });
        if (changes.is_incomplete || !changes.list.empty()) function_(std::move(changes));
    }

    boost::asio::any_io_executor executor_;
    std::function<void(Changes)> function_;
    mutable std::mutex mutex_;
    // Under the mutex:
    Changes pending_{};
    std::unordered_map<Flow const*, std::size_t> places_;  // in the list; pending changes keep their flows
    bool is_posted_ = false, is_closed_ = false;
};

Registry::Subscription::~Subscription() {
    if (listener_ != nullptr) listener_->close();
}

Registry::Subscription& Registry::Subscription::operator=(Subscription&& other) noexcept {
    if (listener_ != nullptr && listener_ != other.listener_) listener_->close();
    listener_ = std::move(other.listener_);
    return *this;
}

Registry::Subscription Registry::listen(boost::asio::any_io_executor executor, std::function<void(Changes)> function) {
    auto listener = std::make_shared<Listener>(std::move(executor), std::move(function));
    listeners_.push_back(listener);
    notify_watched();
    return Subscription(std::move(listener));
}

void Registry::notify(Change::Kind kind, std::shared_ptr<Flow> const& flow) {
    // Subscriptions end without a call to the registry, which may be on another thread; their listeners are removed
    // here.
    bool const any_left = std::erase_if(listeners_, [](auto const& listener) { return listener->is_closed(); }) > 0;
    for (auto const& listener : listeners_) listener->record(kind, flow);
    if (any_left) notify_watched();
}

// --- live flows ------------------------------------------------------------------------------------------------------

LiveFlowBase::LiveFlowBase(Registry& registry, std::shared_ptr<Flow> flow)
    : registry_(registry), flow_(std::move(flow)) {
    registry.link(*this);
}

LiveFlowBase::~LiveFlowBase() { registry_.unlink(*this); }

// Intrusive list: a flow is linked and unlinked for each request, which must not allocate.
void Registry::link(LiveFlowBase& entry) {
    entry.previous_ = last_;
    (last_ != nullptr ? last_->next_ : first_) = &entry;
    last_ = &entry;
}

void Registry::unlink(LiveFlowBase& entry) {
    (entry.previous_ != nullptr ? entry.previous_->next_ : first_) = entry.next_;
    (entry.next_ != nullptr ? entry.next_->previous_ : last_) = entry.previous_;
    auto& flow = *entry.flow_;
    flow.live = false;
    flow.on_kill(nullptr);
    if (!is_watched() || !flow.is_announced_) return;
    // A kept flow stays in the list after its end; for listeners it was updated.
    if (kept_.contains(flow.number)) return record_change(flow);
    notify(Change::Kind::removed, entry.flow_);
}

Registry::~Registry() {
    for (auto const& listener : listeners_) listener->close();
}

std::vector<std::shared_ptr<Flow>> Registry::live() const {
    std::vector<std::shared_ptr<Flow>> flows;
    for (auto const* entry = first_; entry != nullptr; entry = entry->next_)
        if (entry->flow_->live) flows.push_back(entry->flow_);
    return flows;
}

std::vector<std::shared_ptr<Flow>> Registry::kept() const {
    std::vector<std::shared_ptr<Flow>> flows;
    for (auto const& [number, kept] : kept_) flows.push_back(kept.flow);
    return flows;
}

std::shared_ptr<Flow> Registry::find(Id const& id) const {
    for (auto const* entry = first_; entry != nullptr; entry = entry->next_)
        if (entry->flow_->id == id) return entry->flow_;
    for (auto const& [number, kept] : kept_)
        if (kept.flow->id == id) return kept.flow;
    return nullptr;
}

// --- kept flows ------------------------------------------------------------------------------------------------------

void Registry::keep(RegistryLimits limits) {
    limits_ = limits;
    evict();
    notify_watched();
}

void Registry::add(std::shared_ptr<Flow> flow) {
    // A flow from a file keeps its number if it is free.
    if (flow->number == 0 || kept_.contains(flow->number)) flow->number = next_number();
    last_number_ = std::max(last_number_, flow->number);
    record_change(*flow);
}

void Registry::record_change(Flow& flow) {
    auto const shared = flow.weak_from_this().lock();
    if (shared == nullptr || !is_watched()) return;
    if (limits_.max_flows > 0) account(kept_.try_emplace(flow.number, Kept{shared}).first->second);
    notify(std::exchange(flow.is_announced_, true) ? Change::Kind::updated : Change::Kind::added, shared);
    evict();
}

void Registry::account(Kept& kept) {
    auto const size = kept.flow->size();
    // Added before subtracted: the sum is unsigned.
    bytes_ += size;
    bytes_ -= std::exchange(kept.size, size);
}

void Registry::evict() {
    // In the order of numbers, which is that of age.
    auto place = kept_.begin();
    while (place != kept_.end() && (kept_.size() > limits_.max_flows || bytes_ > limits_.max_bytes)) {
        auto const& flow = *place->second.flow;
        // Somebody still works with these; the limits may be exceeded by them.
        bool const stays = flow.live || flow.intercepted() || !flow.marked.empty();
        place = stays ? std::next(place) : drop(place);
    }
}

Registry::KeptFlows::iterator Registry::drop(KeptFlows::iterator place) {
    auto const kept = std::move(place->second);
    bytes_ -= kept.size;
    auto const next = kept_.erase(place);
    notify(Change::Kind::removed, kept.flow);
    return next;
}

Registry::KeptFlows::iterator Registry::place_of(Id const& id) {
    return std::find_if(kept_.begin(), kept_.end(), [&](auto const& entry) { return entry.second.flow->id == id; });
}

bool Registry::remove(Id const& id) {
    auto const place = place_of(id);
    if (place == kept_.end()) return false;
    drop(place);
    return true;
}

void Registry::clear() {
    for (auto place = kept_.begin(); place != kept_.end();) place = drop(place);
}

// --- memory ----------------------------------------------------------------------------------------------------------

namespace detail {
namespace {

/// Free blocks of one size, for each thread. A flow is allocated for each request; most have the same size.
struct FreeBlocks {
    static constexpr std::size_t max_count = 64;

    FreeBlocks() = default;
    FreeBlocks(FreeBlocks const&) = delete;
    FreeBlocks& operator=(FreeBlocks const&) = delete;
    ~FreeBlocks() {
        for (std::size_t i = 0; i < count; ++i) ::operator delete(blocks[i]);
        size = 0;
    }

    std::size_t size = 0, count = 0;
    void* blocks[max_count];
};
thread_local FreeBlocks free_blocks;

}  // namespace

void* allocate_flow(std::size_t size) {
    auto& free = free_blocks;
    if (free.size == size && free.count > 0) return free.blocks[--free.count];
    return ::operator new(size);
}

/// Keeps blocks of the size that was released first, which is that of HTTP flows as a rule.
void release_flow(void* block, std::size_t size) noexcept {
    auto& free = free_blocks;
    if (free.size == 0) free.size = size;
    if (free.size == size && free.count < FreeBlocks::max_count)
        free.blocks[free.count++] = block;
    else
        ::operator delete(block);
}

}  // namespace detail
}  // namespace pathology::proxycore::flow
