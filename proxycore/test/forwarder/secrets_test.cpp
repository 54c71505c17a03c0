// Tokens do not appear in outputs (P89), and what the forwarder needs of the proxy (P85).
#include <gmock/gmock.h>

#include <pathology/proxycore/addons/dumper.hpp>
#include <pathology/proxycore/errors.hpp>

#include <mutex>
#include <ostream>

#include "forwarder/forwarder_fixture.hpp"
#include "proxy/forwarding.hpp"
#include "proxy/options.hpp"
#include "proxy/origin.hpp"
#include "support/recording_selector.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::forwarder {
namespace {

using pathology::test::row_name;
using proxy::test::Origin;
using test::ForwarderFixture;
using test::get_of;
using test::TestClient;
using testing::HasSubstr;
using testing::Not;

/// What the dumper prints.
struct Output {
    std::shared_ptr<addons::Dumper> dumper() {
        addons::DumpSink sink;
        sink.write = [this](std::string_view block) {
            std::scoped_lock const lock(mutex);
            text += block;
        };
        return std::make_shared<addons::Dumper>(sink);
    }
    std::mutex mutex;
    std::string text;
};

TEST(ForwarderSecrets, P89_c_NoOutputHasAToken) {
    Origin const upstream("hello");
    ForwarderFixture forwarder;
    forwarder.choose(upstream.port(), "http", R"(,"username":"of-proxy","password":"pass-word")");
    Output output;
    forwarder.fixture.proxy.addons().add(output.dumper());
    forwarder.fixture.set("flow_detail=4");
    forwarder.start();
    auto const fields = std::string(ForwarderFixture::bearer) + "Proxy-Authorization: Basic c2VjcmV0OnM=\r\n";
    EXPECT_EQ(forwarder.get("http://origin.test/1", fields).status, 200U);
    EXPECT_EQ(forwarder.get("http://origin.test/2", "Proxy-Authorization: Basic c2VjcmV0OnM=\r\n").status, 401U);
    EXPECT_EQ(forwarder.get("http://origin.test/3", "Authorization: Bearer user-jwt\x01\r\n").status, 400U);
    EXPECT_EQ(TestClient(forwarder.port())
                  .request("GET / HTTP/1.1\r\nAuthorization: Bearer user-jwt\r\nHost: a b\r\n\r\n")
                  .status,
              400U);
    forwarder.fixture.proxy.stop();
    auto const all = output.text + forwarder.fixture.log();
    EXPECT_THAT(all, HasSubstr("Authorization: Bearer ***"));
    for (auto const* const secret : {"user-jwt", "system-token", "c2VjcmV0OnM", "pass-word", "b2YtcHJveHk6"})
        EXPECT_THAT(all, Not(HasSubstr(secret)));
}

// --- the options of the proxy ----------------------------------------------------------------------------------------

struct Made {
    addons::Options options;
    std::string error{};
};

/// The options after the forwarder was made with them.
std::unique_ptr<Made> make(std::vector<addons::Setting> const& settings, std::vector<Variable> variables = {}) {
    auto made = std::make_unique<Made>();
    proxy::declare_options(made->options);
    made->options.apply(settings);
    variables.push_back({"SYSTEM_TOKEN", "t"});
    try {
        proxy::make_forwarder(made->options, variables);
    } catch (OptionsError const& error) {
        made->error = error.what();
    }
    return made;
}

TEST(ForwarderOptions, P85_e_ThePortIsThatOfTheVariableUnlessAnOptionHasOne) {
    using addons::OptionalNumber;
    Variable const variable{"MITM_LISTEN_PORT", "9000"};
    EXPECT_EQ(make({}, {variable})->options.get<OptionalNumber>("listen_port"), 9000);
    EXPECT_EQ(make({{"listen_port", "7"}}, {variable})->options.get<OptionalNumber>("listen_port"), 7);
    EXPECT_EQ(make({})->options.get<OptionalNumber>("listen_port"), std::nullopt);
}

TEST(ForwarderOptions, P85_NoConnectionIsOpenedBeforeARequest) {
    auto const made = make({{"connection_strategy", "eager"}}, {{"HTTPX_TIMEOUT", "2.5"}});
    EXPECT_EQ(made->error, "");
    EXPECT_EQ(made->options.get<std::string>("connection_strategy"), "lazy");
    EXPECT_FALSE(made->options.get<bool>("upstream_cert"));
    EXPECT_EQ(made->options.get<std::int64_t>("tcp_timeout"), 3);
    EXPECT_EQ(made->options.get<std::int64_t>("connect_timeout"), 3);
    EXPECT_EQ(made->options.get<addons::OptionalText>("stream_large_bodies"), "1m");
    auto const own = make({{"connect_timeout", "2"}, {"stream_large_bodies", "7k"}});
    EXPECT_EQ(own->options.get<std::int64_t>("connect_timeout"), 2);
    EXPECT_EQ(own->options.get<std::int64_t>("tcp_timeout"), 30);
    EXPECT_EQ(own->options.get<addons::OptionalText>("stream_large_bodies"), "7k");
}

struct ForwarderModeCase {
    char const* name;
    char const* mode;
    bool is_allowed;
};
void PrintTo(ForwarderModeCase const& row, std::ostream* out) { *out << row.name; }
class P85_ForwarderMode : public testing::TestWithParam<ForwarderModeCase> {};

TEST_P(P85_ForwarderMode, IsOneWithRequestsAndAFreeRoute) {
    auto const error = make({{"mode", GetParam().mode}})->error;
    if (GetParam().is_allowed)
        EXPECT_EQ(error, "");
    else
        EXPECT_THAT(error, HasSubstr("option forwarder: mode " + std::string(GetParam().mode)));
}

INSTANTIATE_TEST_SUITE_P(Forwarder, P85_ForwarderMode,
                         testing::Values(ForwarderModeCase{"Regular", "regular", true},
                                         ForwarderModeCase{"Transparent", "transparent", true},
                                         ForwarderModeCase{"Socks5", "socks5", true},
                                         ForwarderModeCase{"Reverse", "reverse:http://h:80", true},
                                         ForwarderModeCase{"ReverseTcp", "reverse:tcp://h:80", false},
                                         ForwarderModeCase{"Upstream", "upstream:http://h:80", false}),
                         row_name);

TEST(ForwarderOptions, P85_d_WithoutATokenTheProxyDoesNotStart) {
    pathology::test::Folder const folder;
    proxy::test::ProxyFixture fixture;
    fixture.set("forwarder=true").set("forwarder_env=" + folder.write("empty.env", ""));
    EXPECT_THROW(fixture.start(), OptionsError);
}

TEST(ForwarderOptions, ASecondSelectorIsRefused) {
    ForwarderFixture forwarder;
    forwarder.fixture.proxy.set_selector(std::make_shared<proxycore::test::RecordingSelector>());
    EXPECT_THROW(forwarder.start(), OptionsError);
}

TEST(ForwarderOptions, CannotChangeWhileTheProxyRuns) {
    ForwarderFixture forwarder;
    forwarder.start();
    auto& proxy = forwarder.fixture.proxy;
    auto const set = [&](std::string const& name, addons::OptionValue const& value) {
        proxy.perform([&] { proxy.options().set(name, value); });
    };
    EXPECT_THROW(set("forwarder", false), OptionsError);
    EXPECT_THROW(set("upstream_cert", true), OptionsError);
    EXPECT_THROW(set("connection_strategy", std::string("eager")), OptionsError);
    EXPECT_NO_THROW(set("tcp_timeout", std::int64_t{5}));
}

}  // namespace
}  // namespace pathology::proxycore::forwarder
