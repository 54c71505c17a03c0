// The files that doc/upstreams.md shows.
#include <gtest/gtest.h>

#include <algorithm>
#include <pathology/proxycore/multiupstream/configuration.hpp>
#include <string>
#include <vector>

#include "multiupstream/summary.hpp"
#include "support/page.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

using pathology::test::Block;
using pathology::test::blocks_of;

std::vector<Block> files_of_page() {
    auto blocks = blocks_of(UPSTREAMS_PAGE);
    std::erase_if(blocks, [](Block const& block) { return block.kind != "yaml" && block.kind != "json"; });
    return blocks;
}

/// What is loaded from the block, as text.
std::string loaded(Block const& block) { return summary(load_texts({{"proxies." + block.kind, block.text}})); }

class P80_Page : public testing::TestWithParam<Block> {};

TEST_P(P80_Page, P80_a_FileLoadsAsPrinted) {
    auto const result = load_texts({{"proxies." + GetParam().kind, GetParam().text}});
    ASSERT_TRUE(result.has_value()) << summary(result);
    EXPECT_GE(result->configuration.upstreams.size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(Upstreams, P80_Page, testing::ValuesIn(files_of_page()),
                         [](auto const& row) { return "Line" + std::to_string(row.param.line); });

TEST(UpstreamsPage, P80_b_JsonIsTheSameAsTheYamlBeforeIt) {
    auto const files = files_of_page();
    auto const is_json = [](Block const& block) { return block.kind == "json"; };
    EXPECT_EQ(std::ranges::count_if(files, is_json), 1);
    for (std::size_t i = 1; i < files.size(); ++i) {
        if (!is_json(files[i])) continue;
        EXPECT_EQ(loaded(files[i]), loaded(files[i - 1]));
    }
    EXPECT_GE(files.size(), 4U);
}

}  // namespace
}  // namespace pathology::proxycore::multiupstream
