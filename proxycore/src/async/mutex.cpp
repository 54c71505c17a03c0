#include <pathology/proxycore/async/mutex.hpp>

#include <boost/asio/use_awaitable.hpp>

namespace pathology::proxycore::async {

boost::asio::awaitable<Mutex::Lock> Mutex::lock() {
    if (is_locked_) co_await waiters_.wait(boost::asio::use_awaitable);  // resumed as its new holder
    is_locked_ = true;
    co_return Lock(*this);
}

void Mutex::unlock() {
    if (waiters_.empty())
        is_locked_ = false;
    else
        waiters_.resume_first();
}

}  // namespace pathology::proxycore::async
