// A failure of its code, its message and the error that caused it.
#pragma once

#include <boost/system/error_code.hpp>
#include <pathology/pathoc/failure.hpp>
#include <string>
#include <utility>

namespace pathology::pathoc {

inline Failure make_failure(Errc code, std::string message, boost::system::error_code cause = {}) {
    Failure made;
    made.code = code;
    made.message = std::move(message);
    made.cause = cause;
    return made;
}

}  // namespace pathology::pathoc
