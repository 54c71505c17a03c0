#include <pathology/pathoc/failure.hpp>

#include <boost/throw_exception.hpp>

namespace pathology::pathoc {

void throw_exception_from_error(Failure const& failure, boost::source_location const& where) {
    boost::throw_exception(ClientError(failure), where);
}

}  // namespace pathology::pathoc
