// The text of an exception that code of others threw.
#pragma once

#include <exception>
#include <string>

namespace pathology::proxycore {

inline std::string message_of(std::exception_ptr const& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (std::exception const& error) {
        return error.what();
    } catch (...) {
        return "an exception that is not a std::exception";
    }
}

}  // namespace pathology::proxycore
