#include <pathology/proxycore/content/failure.hpp>

#include <stdexcept>

#include "stage.hpp"

namespace pathology::proxycore::content {

void throw_exception_from_error(Failure const& failure, boost::source_location const&) {
    throw std::runtime_error(failure.message);
}

Failure corrupt(Coding coding, std::uint64_t offset, std::string_view reason) {
    std::string const name(to_string(coding));
    auto message = name + " content is corrupt at byte " + std::to_string(offset);
    if (!reason.empty()) message.append(": ").append(reason);
    return {Errc::corrupt, name, offset, std::move(message)};
}

Failure truncated(Coding coding, std::uint64_t offset) {
    std::string const name(to_string(coding));
    return {Errc::truncated, name, offset,
            name + " content ends too early, after " + std::to_string(offset) + " bytes"};
}

}  // namespace pathology::proxycore::content
