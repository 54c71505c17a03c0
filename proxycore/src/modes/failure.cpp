#include <algorithm>
#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/http/mask.hpp>
#include <pathology/proxycore/modes/failure.hpp>

namespace pathology::proxycore::modes {

std::string describe(Failure const& failure, std::string_view text) {
    auto const column = std::min(failure.begin, text.size());
    auto const marked = std::max<std::size_t>(1, std::min(failure.end, text.size()) - std::min(column, failure.end));
    auto line = http::mask_password(text);
    std::replace_if(
        line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
    return "mode:" + std::to_string(column + 1) + ": " + failure.message + '\n' + line + '\n' +
           std::string(column, ' ') + std::string(marked, '^');
}

void throw_exception_from_error(Failure const& failure, boost::source_location const&) {
    throw OptionsError(failure.message);
}

}  // namespace pathology::proxycore::modes
