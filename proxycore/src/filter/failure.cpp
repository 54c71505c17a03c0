#include <pathology/proxycore/filter/failure.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/marked_place.hpp>
#include <stdexcept>

namespace pathology::proxycore::filter {
namespace {

constexpr std::size_t max_shown = 80;

}  // namespace

std::string describe(Failure const& failure, std::string_view text, std::string_view name) {
    auto const shown = http::terminal_text(text.substr(0, max_shown)) + (text.size() > max_shown ? "..." : "");
    return "Invalid filter expression: '" + shown + "'\n" + mark_place(text, failure.span.begin, name, failure.message);
}

void throw_exception_from_error(Failure const& failure, boost::source_location const&) {
    throw std::invalid_argument(failure.message);
}

}  // namespace pathology::proxycore::filter
