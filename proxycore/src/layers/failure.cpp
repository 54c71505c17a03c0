#include <pathology/proxycore/layers/failure.hpp>

#include <pathology/proxycore/errors.hpp>

namespace pathology::proxycore::layers {

void throw_exception_from_error(Failure const& failure, boost::source_location const& /*where*/) {
    throw ProtocolException(failure.message);
}

}  // namespace pathology::proxycore::layers
