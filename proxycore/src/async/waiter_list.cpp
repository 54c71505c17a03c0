#include <pathology/proxycore/async/waiter_list.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <mutex>

namespace pathology::proxycore::async {

namespace asio = boost::asio;
using boost::system::error_code;

/// Every waiter of one execution context. The mutex is for contexts that several threads run: their strands have
/// waiters of their own, but one registry.
class WaiterRegistry final : public asio::execution_context::service {
public:
    using key_type = WaiterRegistry;
    static asio::execution_context::id id;

    explicit WaiterRegistry(asio::execution_context& context) : service(context) {}

    bool is_of(asio::execution_context& other) noexcept { return &context() == &other; }

    void add(Waiter& waiter) {
        std::scoped_lock const lock(mutex_);
        waiter.registry_ = this;
        waiters_.push_back(waiter);
    }
    void remove(Waiter& waiter) {
        std::scoped_lock const lock(mutex_);
        waiter.in_registry_.unlink();
    }

private:
    /// Destroying a coroutine may destroy others, and events with waiters of their own, so each is looked up anew.
    void shutdown() override {
        while (auto* const waiter = first()) {
            waiter->in_list_.unlink();
            waiter->destroy();
        }
    }
    Waiter* first() {
        std::scoped_lock const lock(mutex_);
        if (waiters_.empty()) return nullptr;
        auto& waiter = waiters_.front();
        waiters_.pop_front();
        return &waiter;
    }

    using List =
        boost::intrusive::list<Waiter, boost::intrusive::member_hook<Waiter, Waiter::Hook, &Waiter::in_registry_>,
                               boost::intrusive::constant_time_size<false>>;
    std::mutex mutex_;
    List waiters_;
};

asio::execution_context::id WaiterRegistry::id;

/// Owns a waiter that was unlinked, until its turn comes on the loop or the loop is destroyed.
struct Waiter::Resumption {
    explicit Resumption(Waiter& its_waiter) : waiter(&its_waiter) {}
    Resumption(Resumption&& other) noexcept : waiter(std::exchange(other.waiter, nullptr)) {}
    Resumption& operator=(Resumption&&) = delete;
    ~Resumption() {
        if (waiter != nullptr) waiter->destroy();
    }

    void operator()() {
        auto* const resumed = std::exchange(waiter, nullptr);
        resumed->resume(resumed->ec_);
    }

    Waiter* waiter;
};

void Waiter::complete(error_code ec) {
    if (!in_list_.is_linked()) return;
    in_list_.unlink();
    registry_->remove(*this);
    ec_ = ec;
    if (loop_ != nullptr)
        asio::post(*loop_, Resumption(*this));
    else
        asio::post(executor(), Resumption(*this));
}

void WaiterList::add(Waiter& waiter) {
    auto const executor = waiter.executor();
    auto& context = asio::query(executor, asio::execution::context);
    if (auto const* const plain = executor.target<asio::io_context::executor_type>())
        waiter.loop_ = &static_cast<asio::io_context&>(asio::query(*plain, asio::execution::context));
    if (registry_ == nullptr || !registry_->is_of(context)) registry_ = &asio::use_service<WaiterRegistry>(context);
    waiters_.push_back(waiter);
    registry_->add(waiter);
}

WaiterList::~WaiterList() { resume_all(asio::error::operation_aborted); }

void WaiterList::resume_first() { waiters_.front().complete({}); }

void WaiterList::resume_all(error_code ec) {
    while (!waiters_.empty()) waiters_.front().complete(ec);
}

}  // namespace pathology::proxycore::async
