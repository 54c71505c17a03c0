#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <pathology/proxycore/addons/shared_object.hpp>

#include "addons/chain_fixture.hpp"

namespace pathology::proxycore::addons {
namespace {

using test::ChainFixture;
using test::make_flow;
using test::run;
using testing::ElementsAre;
using testing::HasSubstr;

std::string refusal_of(std::string const& path) {
    try {
        static_cast<void>(load_shared_object(path));
    } catch (AddonError const& error) {
        return error.what();
    }
    return "it was loaded";
}

TEST(SharedObject, P41_c_AddsAHeader) {
    ChainFixture fixture;
    fixture.chain.add(load_shared_object(GREETER_ADDON));
    EXPECT_THAT(fixture.chain.names(), ElementsAre("greeter"));
    EXPECT_TRUE(fixture.chain.wants(Hook::response));
    EXPECT_FALSE(fixture.chain.wants(Hook::request));
    auto flow = make_flow();
    flow.response = flow::Response::make();
    run(fixture.chain, hooks::response, flow);
    EXPECT_EQ(flow.response->headers.first("X-Greeting"), "hello");
}

TEST(SharedObject, HasOptions) {
    ChainFixture fixture;
    fixture.options.apply({parse_setting("greeting=hi")});
    fixture.chain.add(load_shared_object(GREETER_ADDON));
    proxycore::test::play([&]() -> asio::awaitable<void> { co_await fixture.chain.start(); });
    auto flow = make_flow();
    flow.response = flow::Response::make();
    run(fixture.chain, hooks::response, flow);
    EXPECT_EQ(flow.response->headers.first("X-Greeting"), "hi");
}

TEST(SharedObject, ItsExceptionsAreLoggedAsAnyOthers) {
    ChainFixture fixture;
    fixture.chain.add(load_shared_object(GREETER_ADDON));
    auto flow = make_flow();
    run(fixture.chain, hooks::response, flow);
    EXPECT_THAT(fixture.log, ElementsAre(LogEntry{
                                 LogLevel::error, "addon greeter, in response: bad optional access", {}, "greeter"}));
}

TEST(SharedObject, StaysWhileItsAddonIsHeld) {
    std::shared_ptr<Addon> addon = load_shared_object(GREETER_ADDON).addon;
    EXPECT_EQ(addon->name(), "greeter");
}

TEST(SharedObject, P41_d_IsRefusedWhenBuiltForAnotherVersion) {
    EXPECT_EQ(refusal_of(FUTURE_ADDON), std::string(FUTURE_ADDON) +
                                            " was built for version 1000 of the addon interface, and this is version " +
                                            std::to_string(interface_version) + "; build it again");
}

TEST(SharedObject, IsRefusedWhenThereIsNone) {
    EXPECT_THAT(refusal_of("no-such-addon.so"), HasSubstr("cannot load the addon: ./no-such-addon.so: "));
}

/// The lines of the page's code blocks.
std::vector<std::string> code_of(std::string const& path) {
    std::vector<std::string> lines;
    std::ifstream page(path);
    bool is_code = false;
    for (std::string line; std::getline(page, line);) {
        if (line.starts_with("```"))
            is_code = line == "```cpp";
        else if (is_code)
            lines.push_back(line);
    }
    return lines;
}

TEST(AddonsPage, ShowsTheAddonThatIsTestedHere) {
    std::ifstream file(GREETER_SOURCE);
    std::string const source((std::istreambuf_iterator<char>(file)), {});
    auto const lines = code_of(ADDONS_PAGE);
    EXPECT_GT(lines.size(), 20U);
    for (auto const& line : lines)
        EXPECT_THAT(source, HasSubstr(line.substr(std::min(line.find_first_not_of(' '), line.size()))));
}

}  // namespace
}  // namespace pathology::proxycore::addons
