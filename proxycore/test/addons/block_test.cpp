#include <gtest/gtest.h>

#include "addons/block.hpp"
#include "addons/chain_fixture.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::addons {
namespace {

struct Row {
    std::string_view name, address;
    Realm realm;
};
class P17_Address : public testing::TestWithParam<Row> {};
TEST_P(P17_Address, BelongsToARealm) { EXPECT_EQ(realm_of(GetParam().address), GetParam().realm); }
INSTANTIATE_TEST_SUITE_P(
    Realms, P17_Address,
    testing::Values(Row{"Loopback", "127.0.0.1", Realm::loopback}, Row{"AnyLoopback", "127.9.9.9", Realm::loopback},
                    Row{"LoopbackOfIpv6", "::1", Realm::loopback},
                    Row{"MappedLoopback", "::ffff:127.0.0.1", Realm::loopback},
                    Row{"ClassA", "10.1.2.3", Realm::within}, Row{"ClassB", "172.31.0.1", Realm::within},
                    Row{"BeyondClassB", "172.32.0.1", Realm::global}, Row{"ClassC", "192.168.1.1", Realm::within},
                    Row{"CarrierGrade", "100.64.0.1", Realm::within}, Row{"LinkLocal", "169.254.1.1", Realm::within},
                    Row{"UniqueLocal", "fd00::1", Realm::within}, Row{"LinkLocalOfIpv6", "fe80::1", Realm::within},
                    Row{"MappedPrivate", "::ffff:10.0.0.1", Realm::within}, Row{"Public", "8.8.8.8", Realm::global},
                    Row{"PublicOfIpv6", "2606:4700::1111", Realm::global}, Row{"NoAddress", "host", Realm::global}),
    pathology::test::row_name);

struct Rule {
    std::string_view name, setting, address;
    bool is_let_in;
};
class P17_Client : public testing::TestWithParam<Rule> {};
TEST_P(P17_Client, IsLetInByItsAddress) {
    test::ChainFixture fixture;
    fixture.chain.add(std::make_shared<Block>());
    if (!GetParam().setting.empty()) fixture.options.apply({parse_setting(GetParam().setting)});
    flow::Client client({std::string(GetParam().address), 4242}, {"127.0.0.1", 8080}, {});
    test::play([&]() -> asio::awaitable<void> {
        co_await fixture.chain.start();
        co_await fixture.chain.run(hooks::client_connected, client);
    });
    EXPECT_EQ(!client.error.has_value(), GetParam().is_let_in) << client.error.value_or("");
}
INSTANTIATE_TEST_SUITE_P(Rules, P17_Client,
                         testing::Values(Rule{"Loopback", "block_private", "127.0.0.1", true},
                                         Rule{"Private", "", "10.0.0.1", true}, Rule{"Public", "", "8.8.8.8", false},
                                         Rule{"PrivateBlocked", "block_private", "10.0.0.1", false},
                                         Rule{"PublicLetIn", "block_global=false", "8.8.8.8", true}),
                         pathology::test::row_name);

}  // namespace
}  // namespace pathology::proxycore::addons
