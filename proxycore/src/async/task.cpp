#include <pathology/proxycore/async/task.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <pathology/proxycore/async/cancellation.hpp>

namespace pathology::proxycore::async {

namespace asio = boost::asio;

void Task::start(asio::awaitable<void> work) {
    is_running_ = true;
    auto const on_end = [this](std::exception_ptr thrown) {
        if (thrown && !is_cancellation(thrown)) thrown_ = std::move(thrown);
        is_running_ = false;
        ended_.notify();
    };
    asio::co_spawn(executor_, std::move(work), asio::bind_cancellation_slot(signal_.slot(), on_end));
}

asio::awaitable<void> Task::join() {
    while (is_running_) co_await ended_.wait();
    if (auto const thrown = std::exchange(thrown_, nullptr)) std::rethrow_exception(thrown);
}

}  // namespace pathology::proxycore::async
