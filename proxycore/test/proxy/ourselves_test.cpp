#include "proxy/ourselves.hpp"

#include <gtest/gtest.h>

#include "support/row_name.hpp"

namespace pathology::proxycore::proxy {
namespace {

struct Row {
    std::string_view name, listens_at, host;
    bool is_ours;
};
class OwnAddress : public testing::TestWithParam<Row> {};
TEST_P(OwnAddress, IsOursWhenAListenerTakesIt) {
    std::vector<Listener> const listeners{{{}, {std::string(GetParam().listens_at), 8080}}};
    std::string const host(GetParam().host);
    EXPECT_EQ(is_ourselves(listeners, {host, 8080}), GetParam().is_ours);
    EXPECT_FALSE(is_ourselves(listeners, {host, 8081}));
}
INSTANTIATE_TEST_SUITE_P(
    Listeners, OwnAddress,
    testing::Values(Row{"LoopbackOfAll", "", "127.0.0.1", true}, Row{"AnyLoopbackOfAll", "", "127.0.0.9", true},
                    Row{"Ipv6LoopbackOfAll", "", "::1", true}, Row{"NameOfAll", "", "localhost", true},
                    Row{"NobodyInParticular", "", "0.0.0.0", true}, Row{"AnotherMachine", "", "192.0.2.1", false},
                    Row{"AnotherName", "", "origin.test", false}, Row{"TheOne", "127.0.0.1", "127.0.0.1", true},
                    Row{"Mapped", "127.0.0.1", "::ffff:127.0.0.1", true},
                    Row{"AnotherLoopback", "127.0.0.1", "127.0.0.2", false},
                    Row{"UnspecifiedOfOne", "127.0.0.1", "0.0.0.0", true},
                    Row{"ListenerByName", "localhost", "127.0.0.1", true}),
    pathology::test::row_name);

}  // namespace
}  // namespace pathology::proxycore::proxy
