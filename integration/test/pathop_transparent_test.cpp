// Programs that know of no proxy, in a network where the firewall sends them to pathop (P05).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pathop.hpp"
#include "support/network_namespace.hpp"
#include "websocket_peers.hpp"

namespace pathology::integration {
namespace {

using testing::EndsWith;

/// Runs a program whose connections are redirected.
Ended as_client(std::vector<std::string> words) {
    words.insert(words.begin(), {"--regid", std::to_string(test::namespace_clients), "--clear-groups"});
    return test::run("setpriv", std::move(words));
}

/// Leads what clients want of an origin to the proxy.
void redirect_to(Pathop const& pathop, std::string const& port) {
    auto const number = [](std::string const& digits) { return static_cast<std::uint16_t>(std::stoi(digits)); };
    ASSERT_EQ(test::redirect(number(port), number(pathop.port()), "127.0.0.1"), "");
}

void expect_flow(Pathop& pathop, std::string const& url) {
    auto const flow = pathop.flow();
    EXPECT_EQ(flow["relay"]["mode"], "transparent") << flow;
    EXPECT_EQ(flow["relay"]["url"], url);
}

TEST(PathopTransparent, P05_b_CurlKnowsOfNoProxy) {
    if (!test::is_installed("setpriv")) GTEST_SKIP() << "setpriv is not installed";
    PATHOLOGY_IN_NAMESPACE([] {
        Pathod plain({"--json"});
        SafePathod const safe;
        Pathop pathop({"--json", "--mode", "transparent", "--upstream-trusted-ca", safe.authority()});
        redirect_to(pathop, plain.port());
        redirect_to(pathop, safe.port());
        auto const got = as_client({"curl", "--disable", "--silent", plain.url("/p/200:b'plain'")});
        EXPECT_EQ(got.out, "plain") << got.err;
        expect_flow(pathop, plain.url("/p/200:b'plain'"));
        auto const url = "https://localhost:" + safe.port() + "/p/200:b'safe'";
        auto const seen = as_client({"curl", "--disable", "--silent", "--ipv4", "--cacert", Pathop::authority(), url});
        EXPECT_EQ(seen.out, "safe") << seen.err;
        expect_flow(pathop, safe.url("/p/200:b'safe'"));
        EXPECT_EQ(plain.stop_with_entries().at(0)["request"]["target"], "/p/200:b'plain'");
    });
}

TEST(PathopTransparent, P16_d_WebSocketsKnowOfNoProxy) {
    if (!test::is_installed("setpriv")) GTEST_SKIP() << "setpriv is not installed";
    if (auto const why = why_no_python_websockets(); !why.empty()) GTEST_SKIP() << why;
    PATHOLOGY_IN_NAMESPACE([] {
        Pathod const plain({"--ws-echo"});
        SafePathod const safe({"--ws-echo"});
        Pathop pathop({"--json", "--mode", "transparent", "--upstream-trusted-ca", safe.authority()});
        redirect_to(pathop, plain.port());
        redirect_to(pathop, safe.port());
        for (auto const& at : {"ws://127.0.0.1:" + plain.port(), "wss://127.0.0.1:" + safe.port()}) {
            auto const ended = as_client(
                {"/usr/bin/python3", PROGRAMS_TEST_FOLDER "/websocket_client.py", at + "/chat", Pathop::authority()});
            EXPECT_THAT(ended.out, EndsWith(echoed)) << ended.err;
            auto const flow = pathop.flow();
            EXPECT_EQ(flow["relay"]["mode"], "transparent") << flow;
            EXPECT_EQ(flow["relay"]["message_count"], 8);
            EXPECT_EQ(flow["relay"]["close"]["code"], 4001);
        }
    });
}

}  // namespace
}  // namespace pathology::integration
