// A time or a rate alone, by the parsers that read them inside of specs.

#include <pathology/language/timing.hpp>

#include "grammar/rate.hpp"

namespace pathology::language {
namespace {

using grammar::ErrorCollector;
using grammar::Iterator;
namespace x3 = boost::spirit::x3;

SpecFailure failure_at(ErrorCollector const& seen, std::string_view text) {
    auto const place = static_cast<std::uint32_t>(seen.place() - text.data());
    return {SpecErrc::syntax, seen.message(), {place, place}};
}

bool is_at_end(Iterator at, std::string_view text, ErrorCollector& seen) {
    if (at == text.data() + text.size()) return true;
    seen.expect(at, "the end");
    return false;
}

}  // namespace

Parsed<WaitTime> parse_wait_time(std::string_view text) {
    ErrorCollector seen(text.data());
    seen.expect(text.data(), "a time (such as 2, 500ms, 1-3s, or f for ever)");
    auto const* first = text.data();
    auto const times = grammar::scan_pause_times(first, first + text.size(), seen);
    if (!times || !is_at_end(first, text, seen)) return failure_at(seen, text);
    return WaitTime{times->shortest, times->longest};
}

Parsed<SetRate> parse_rate(std::string_view text) {
    ErrorCollector seen(text.data());
    seen.expect(text.data(), "a rate (such as 1k, 10/0.1s, or full)");
    auto const skipping = x3::make_context<x3::skipper_tag>(grammar::skipper);  // a context refers to its next one
    auto const context = x3::make_context<grammar::ErrorsTag>(seen, skipping);
    auto const* first = text.data();
    grammar::WrittenRate written;
    bool const fits = grammar::RateParser{}.parse(first, first + text.size(), context, x3::unused, written);
    if (!fits || !is_at_end(first, text, seen)) return failure_at(seen, text);
    return written.is ? pieces_of(*written.is) : SetRate{};
}

}  // namespace pathology::language
