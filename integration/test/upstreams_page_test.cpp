// The transcripts of doc/upstreams.md.
#include <gtest/gtest.h>

#include "console_page.hpp"

namespace pathology::integration {
namespace {

TEST(UpstreamsPage, P83_f_TranscriptsRunAsPrinted) {
    ConsolePage page(UPSTREAMS_PAGE);
    auto const outcome = page.run();
    EXPECT_EQ(outcome.differences, "");
    EXPECT_GE(outcome.commands, 6U);
}

}  // namespace
}  // namespace pathology::integration
