#include "filter/operators.hpp"

#include <algorithm>
#include <array>

namespace pathology::proxycore::filter {
namespace {

constexpr auto pattern = Operator::Argument::pattern;
constexpr auto one = Operator::Lines::one;
constexpr auto dot_all = Operator::Lines::dot_all;
constexpr auto multiple_lines = Operator::Lines::multiple_lines;

// In the order of Test.
constexpr std::array table{
    Operator{"all", Test::all},
    Operator{"a", Test::asset},
    Operator{"b", Test::body, pattern, dot_all},
    Operator{"bq", Test::request_body, pattern, dot_all},
    Operator{"bs", Test::response_body, pattern, dot_all},
    Operator{"c", Test::status, Operator::Argument::status},
    Operator{"comment", Test::comment, pattern, multiple_lines},
    Operator{"d", Test::domain, pattern, one, true},
    Operator{"dns", Test::dns},
    Operator{"dst", Test::destination, pattern},
    Operator{"e", Test::error},
    Operator{"h", Test::header, pattern, multiple_lines},
    Operator{"hq", Test::request_header, pattern, multiple_lines},
    Operator{"hs", Test::response_header, pattern, multiple_lines},
    Operator{"http", Test::http},
    Operator{"m", Test::method, pattern, one, true},
    Operator{"marked", Test::marked},
    Operator{"marker", Test::marker, pattern},
    Operator{"meta", Test::metadata, pattern, multiple_lines},
    Operator{"q", Test::request},
    Operator{"replay", Test::replay},
    Operator{"replayq", Test::replayed_request},
    Operator{"replays", Test::replayed_response},
    Operator{"s", Test::response},
    Operator{"src", Test::source, pattern},
    Operator{"t", Test::content_type, pattern},
    Operator{"tcp", Test::tcp},
    Operator{"tq", Test::request_content_type, pattern},
    Operator{"ts", Test::response_content_type, pattern},
    Operator{"u", Test::url, pattern},
    Operator{"udp", Test::udp},
    Operator{"websocket", Test::websocket},
};

constexpr bool is_in_order() {
    for (std::size_t i = 0; i < table.size(); ++i)
        if (static_cast<std::size_t>(table[i].test) != i) return false;
    return true;
}
static_assert(is_in_order());

}  // namespace

std::span<Operator const> operators() { return table; }

Operator const* find_operator(std::string_view name) {
    auto const* const found = std::ranges::find(table, name, &Operator::name);
    return found == table.end() ? nullptr : found;
}

Operator const& operator_of(Test test) { return table[static_cast<std::size_t>(test)]; }

}  // namespace pathology::proxycore::filter
