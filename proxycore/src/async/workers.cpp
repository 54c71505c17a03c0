#include <pathology/proxycore/async/workers.hpp>

#include <boost/asio/thread_pool.hpp>

namespace pathology::proxycore::async {

boost::asio::any_io_executor workers() {
    // Two: work of one connection does not wait for a long one of another.
    static boost::asio::thread_pool pool(2);
    return pool.get_executor();
}

}  // namespace pathology::proxycore::async
