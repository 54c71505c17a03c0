#include <pathology/proxycore/http2/failure.hpp>

#include <stdexcept>

namespace pathology::proxycore::http2 {

void throw_exception_from_error(Failure const& failure, boost::source_location const& /*where*/) {
    throw std::runtime_error(failure.message);
}

}  // namespace pathology::proxycore::http2
