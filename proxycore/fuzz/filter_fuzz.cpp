// Any text as a filter: nothing breaks, an error has a place within the text, what is parsed comes back from print, and the
// flows of the match table can be tested with it.
#include <cstdint>
#include <pathology/proxycore/filter/filter.hpp>
#include <pathology/proxycore/filter/flow_subject.hpp>
#include <string>
#include <string_view>

#include "demand.hpp"
#include "filter/sample_flows.hpp"

namespace {

using namespace pathology::proxycore;
using filter::Filter;
using fuzz::demand;

void check_failure(filter::Failure const& failure, std::string_view text) {
    demand(failure.span.begin <= failure.span.end && failure.span.end <= text.size(),
           "an error is outside of its text");
    demand(!failure.message.empty(), "an error has no message");
    demand(describe(failure, text).find('\x1b') == std::string::npos, "an error moves the cursor");
}

void check_printed(Filter const& parsed) {
    auto const printed = to_string(parsed.expression());
    auto const again = Filter::parse(printed);
    // Quotes and parentheses may make the canonical text longer than a filter can be.
    if (!again) return demand(again.error().code == filter::Errc::too_long, "a filter does not come back from print");
    demand(again->expression() == parsed.expression(), "a filter comes back as another one");
    demand(to_string(again->expression()) == printed, "a filter is printed in two ways");
}

void check_matches(Filter const& parsed) {
    static auto const flows = filter::make_sample_flows();
    for (auto const& flow : flows) {
        auto const matched = parsed.matches(filter::FlowSubject(*flow));
        if (!matched) demand(!matched.error().message.empty(), "a failure has no message");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    auto const parsed = Filter::parse(text);
    if (!parsed) {
        check_failure(parsed.error(), text);
        return 0;
    }
    check_printed(*parsed);
    check_matches(*parsed);
    return 0;
}
