// The transcripts of doc/forwarder.md.
#include <gtest/gtest.h>

#include "console_page.hpp"

namespace pathology::integration {
namespace {

TEST(ForwarderPage, P87_a_TranscriptsRunAsPrinted) {
    ConsolePage page(FORWARDER_PAGE, {"FASTAPI_BASE_URL=http://127.0.0.1:8000"});
    auto const outcome = page.run();
    EXPECT_EQ(outcome.differences, "");
    EXPECT_EQ(outcome.commands, 6U);
}

}  // namespace
}  // namespace pathology::integration
