#include <boost/throw_exception.hpp>
#include <pathology/proxycore/websocket/violation.hpp>
#include <stdexcept>

namespace pathology::proxycore::websocket {

void throw_exception_from_error(Violation const& violation, boost::source_location const& where) {
    boost::throw_exception(std::runtime_error(violation.message), where);
}

}  // namespace pathology::proxycore::websocket
