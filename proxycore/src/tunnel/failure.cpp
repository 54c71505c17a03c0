#include <pathology/proxycore/tunnel/failure.hpp>

#include <boost/throw_exception.hpp>
#include <stdexcept>

namespace pathology::proxycore::tunnel {

void throw_exception_from_error(Failure const& failure, boost::source_location const& where) {
    boost::throw_exception(std::runtime_error(failure.message), where);
}

}  // namespace pathology::proxycore::tunnel
