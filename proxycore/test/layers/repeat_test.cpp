#include <gtest/gtest.h>

#include <pathology/proxycore/layers/failure.hpp>

namespace pathology::proxycore::layers {
namespace {

TEST(MayRepeat, A1_IdempotentMethodsOnceTheServerMayHaveProcessedThem) {
    for (auto const* const method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})
        EXPECT_TRUE(may_repeat(Repeat::if_idempotent, method)) << method;
    for (auto const* const method : {"POST", "PATCH", "CONNECT", "LOCK", "get", ""})
        EXPECT_FALSE(may_repeat(Repeat::if_idempotent, method)) << method;
}

TEST(MayRepeat, A1_AnyMethodOfARequestThatWasNotProcessed) {
    EXPECT_TRUE(may_repeat(Repeat::always, "POST"));
    EXPECT_FALSE(may_repeat(Repeat::never, "GET"));
}

}  // namespace
}  // namespace pathology::proxycore::layers
