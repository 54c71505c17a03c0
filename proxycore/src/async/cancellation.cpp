#include <pathology/proxycore/async/cancellation.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/system/system_error.hpp>

namespace pathology::proxycore::async {

namespace asio = boost::asio;

bool is_cancellation(std::exception_ptr const& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (asio::multiple_exceptions const& several) {
        return is_cancellation(several.first_exception());
    } catch (boost::system::system_error const& error) {
        return error.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

}  // namespace pathology::proxycore::async
