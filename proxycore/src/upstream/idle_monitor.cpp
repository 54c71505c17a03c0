#include "upstream/idle_monitor.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <utility>

namespace pathology::proxycore::upstream {
namespace {

constexpr std::chrono::milliseconds delay{50};

}  // namespace

IdleMonitor::IdleMonitor(asio::any_io_executor const& executor)
    : Timer(async::TimerWheel::of(executor)), executor_(executor) {}

void IdleMonitor::begin(layers::Http1Server& connection, std::function<void()> on_end) {
    connection_ = &connection;
    stream_ = &connection.stream();
    on_end_ = std::move(on_end);
    arm(delay);
}

void IdleMonitor::begin(net::Stream& ahead, std::function<void()> on_end) {
    connection_ = nullptr;
    stream_ = &ahead;
    on_end_ = std::move(on_end);
    arm(delay);
}

void IdleMonitor::end() noexcept {
    disarm();
    if (probe_ == nullptr || probe_->is_over) return;
    probe_->on_end = nullptr;
    probe_->stop.emit(asio::cancellation_type::terminal);
}

void IdleMonitor::close_deferred(net::Stream& stream, std::shared_ptr<void> owner) {
    end();
    if (probe_ == nullptr || probe_->is_over) return;
    stream.close(net::CloseMode::fin);
    probe_->owner = std::move(owner);
}

void IdleMonitor::on_expired() {
    if (connection_ != nullptr) connection_->free_read_buffer();
    probe_ = std::make_shared<Probe>();
    probe_->on_end = std::move(on_end_);
    auto const on_return = [own = probe_](std::exception_ptr const& /*cancelled*/) {
        own->is_over = true;
        own->owner.reset();
    };
    auto probing = run(probe_, *stream_, connection_ == nullptr);
    asio::co_spawn(executor_, std::move(probing), asio::bind_cancellation_slot(probe_->stop.slot(), on_return));
}

asio::awaitable<void> IdleMonitor::run(std::shared_ptr<Probe> own, net::Stream& stream, bool may_send) {
    auto waiting = may_send ? stream.wait_for_end() : stream.wait_for_input();
    co_await std::move(waiting);
    own->is_over = true;
    if (auto const on_end = std::exchange(own->on_end, nullptr)) on_end();
}

}  // namespace pathology::proxycore::upstream
