#include <boost/throw_exception.hpp>
#include <pathology/proxycore/http1/failure.hpp>
#include <stdexcept>

namespace pathology::proxycore::http1 {

void throw_exception_from_error(Failure const& failure, boost::source_location const& where) {
    boost::throw_exception(std::runtime_error(failure.message), where);
}

}  // namespace pathology::proxycore::http1
