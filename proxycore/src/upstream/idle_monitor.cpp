#include "upstream/idle_monitor.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <utility>

namespace pathology::proxycore::layers {
namespace {

constexpr std::chrono::milliseconds moment{50};

}  // namespace

IdleWatch::IdleWatch(asio::any_io_executor const& executor)
    : Timer(async::TimerWheel::of(executor)), executor_(executor) {}

void IdleWatch::begin(Http1Server& connection, std::function<void()> on_end) {
    connection_ = &connection;
    stream_ = &connection.stream();
    on_end_ = std::move(on_end);
    arm(moment);
}

void IdleWatch::begin(net::Stream& ahead, std::function<void()> on_end) {
    connection_ = nullptr;
    stream_ = &ahead;
    on_end_ = std::move(on_end);
    arm(moment);
}

void IdleWatch::end() noexcept {
    disarm();
    if (looking_ == nullptr || looking_->is_over) return;
    looking_->on_end = nullptr;
    looking_->stop.emit(asio::cancellation_type::terminal);
}

void IdleWatch::bury(net::Stream& stream, std::shared_ptr<void> owner) {
    end();
    if (looking_ == nullptr || looking_->is_over) return;
    stream.close(net::CloseMode::fin);
    looking_->buried = std::move(owner);
}

void IdleWatch::on_expired() {
    if (connection_ != nullptr) connection_->rest();
    looking_ = std::make_shared<Look>();
    looking_->on_end = std::move(on_end_);
    auto const note_end = [own = looking_](std::exception_ptr const& /*cancelled*/) {
        own->is_over = true;
        own->buried.reset();
    };
    auto looking = look(looking_, *stream_, connection_ == nullptr);
    asio::co_spawn(executor_, std::move(looking), asio::bind_cancellation_slot(looking_->stop.slot(), note_end));
}

asio::awaitable<void> IdleWatch::look(std::shared_ptr<Look> own, net::Stream& stream, bool may_speak) {
    auto waiting = may_speak ? stream.wait_for_end() : stream.wait_for_input();
    co_await std::move(waiting);
    own->is_over = true;
    if (auto const told = std::exchange(own->on_end, nullptr)) told();
}

}  // namespace pathology::proxycore::layers
