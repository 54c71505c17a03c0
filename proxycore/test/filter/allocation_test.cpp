// No allocation for what does not match.

#include <gtest/gtest.h>

#include <ostream>
#include <pathology/proxycore/filter/filter.hpp>
#include <pathology/proxycore/filter/flow_subject.hpp>

#include "filter/sample_flows.hpp"
#include "support/allocations.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::filter {
namespace {

struct Row {
    std::string_view name, filter;
};
void PrintTo(Row const& row, std::ostream* out) { *out << row.filter; }

class P50_FilterWithoutMatch : public testing::TestWithParam<Row> {};
TEST_P(P50_FilterWithoutMatch, AllocatesNothing) {
    auto const flows = make_sample_flows();
    auto const filter = Filter::parse(GetParam().filter).value();
    for (auto const index : {0U, 1U, 3U, 4U, 5U}) {  // the content of F3 is coded
        FlowSubject const subject(*flows[index]);
        ASSERT_FALSE(filter.matches(subject).value());  // the buffers of the thread grow once
        auto const before = test::allocations;
        auto const matched = filter.matches(subject);
        EXPECT_EQ(test::allocations - before, 0U) << "F" << index + 1;
        EXPECT_FALSE(matched.value());
    }
}
Row const rows[] = {
    {"Method", "~m OPTIONS"},
    {"Url", "~u a-path-that-no-flow-has"},
    {"Header", "~h nowhere"},
    {"RequestHeader", "~hq X-Nowhere"},
    {"Body", "~b nowhere"},
    {"Domain", "~d nowhere"},
    {"Addresses", "~src nowhere | ~dst nowhere"},
    {"Type", "~t nowhere | ~a"},
    {"Status", "~c 500"},
    {"Record", "~comment x | ~marker x | ~meta x | ~replay"},
    {"Combined", "~m POST & ~u /pay & ~hq X-Test | !(~http | ~tcp)"},
};
INSTANTIATE_TEST_SUITE_P(Table, P50_FilterWithoutMatch, testing::ValuesIn(rows), test::row_name);

}  // namespace
}  // namespace pathology::proxycore::filter
