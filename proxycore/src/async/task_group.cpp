#include <pathology/proxycore/async/task_group.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <list>
#include <pathology/proxycore/async/cancellation.hpp>
#include <pathology/proxycore/async/event.hpp>
#include <utility>
#include <vector>

namespace pathology::proxycore::async {

namespace asio = boost::asio;

struct TaskGroup::State {
    std::list<std::shared_ptr<asio::cancellation_signal>> running;
    Event ended;
};

void TaskGroup::add(asio::any_io_executor const& loop, asio::awaitable<void> work, OnEnd on_end) {
    if (state_ == nullptr) state_ = std::make_shared<State>();
    auto const signal = std::make_shared<asio::cancellation_signal>();
    auto const place = state_->running.insert(state_->running.end(), signal);
    auto leave = [state = state_, place, signal, on_end = std::move(on_end)](std::exception_ptr thrown) {
        state->running.erase(place);
        state->ended.notify();
        if (thrown && is_cancellation(thrown)) thrown = nullptr;
        if (on_end) on_end(std::move(thrown));
    };
    asio::co_spawn(loop, std::move(work), asio::bind_cancellation_slot(signal->slot(), std::move(leave)));
}

std::size_t TaskGroup::size() const { return state_ == nullptr ? 0 : state_->running.size(); }

/// Work may end, and other work begin, within emit().
void TaskGroup::cancel_all() {
    if (state_ == nullptr) return;
    std::vector<std::shared_ptr<asio::cancellation_signal>> const running(state_->running.begin(),
                                                                          state_->running.end());
    for (auto const& signal : running) signal->emit(asio::cancellation_type::terminal);
}

asio::awaitable<void> TaskGroup::join() {
    auto const state = state_;
    while (state != nullptr && !state->running.empty()) co_await state->ended.wait();
}

}  // namespace pathology::proxycore::async
