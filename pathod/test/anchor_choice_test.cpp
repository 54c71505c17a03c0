// Anchors with alternatives and filters, over real connections.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <nlohmann/json.hpp>
#include <pathology/pathod/daemon.hpp>
#include <pathology/proxycore/console/console.hpp>
#include <stdexcept>
#include <thread>

#include "support/client.hpp"

namespace pathology::pathod {
namespace {

using namespace std::chrono_literals;
using test::Client;
using testing::HasSubstr;

std::string get(std::string_view path) { return "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n"; }

/// The status codes of responses that follow one another, without content.
std::string statuses(std::string_view wire) {
    std::string text;
    for (auto at = wire.find("HTTP/1.1 "); at != wire.npos; at = wire.find("HTTP/1.1 ", at + 1))
        text += (text.empty() ? "" : " ") + std::string(wire.substr(at + 9, 3));
    return text;
}

std::string times(std::string_view text, int count) {
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
}

class Running {
public:
    explicit Running(DaemonOptions options) : daemon(std::move(options)) { daemon.start().value(); }
    std::string ask(std::string_view bytes) { return statuses(Client(daemon.port()).ask(bytes)); }

    Daemon daemon;
};

// --- over HTTP/1 -----------------------------------------------------------------------------------------------------

struct ChoiceCase {
    std::string_view name;
    std::vector<std::string> anchors, sent;  // of one connection after the other
    std::vector<std::string> statuses;
};
void PrintTo(ChoiceCase const& row, std::ostream* out) { *out << row.name; }
class AnchorChoice : public testing::TestWithParam<ChoiceCase> {};

TEST_P(AnchorChoice, IsThatOfTheRequests) {
    Running running({.anchors = GetParam().anchors});
    std::vector<std::string> got;
    for (auto const& bytes : GetParam().sent) got.push_back(running.ask(bytes));
    EXPECT_EQ(got, GetParam().statuses);
}

std::string const post =
    "POST /pay HTTP/1.1\r\nHost: x\r\nX-Test: 503\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nca\r\n2\r\nrd\r\n0\r\n\r\n";

INSTANTIATE_TEST_SUITE_P(
    Http1, AnchorChoice,
    testing::Values(
        ChoiceCase{
            "InOrder", {"/a=503 | 503 | 200"}, {times(get("/a"), 2), times(get("/a"), 2)}, {"503 503", "200 200"}},
        ChoiceCase{"StartsOver", {"/a=503 | 200 | *"}, {times(get("/a"), 3), get("/a")}, {"503 200 503", "200"}},
        ChoiceCase{
            "Every", {"/a=1/3 503 | 200"}, {times(get("/a"), 4), times(get("/a"), 2)}, {"200 200 503 200", "200 503"}},
        ChoiceCase{"PerPath",
                   {"/=503 | 200 | per path"},
                   {get("/a") + get("/b") + get("/a"), get("/b")},
                   {"503 503 200", "200"}},
        ChoiceCase{"PerConnection",
                   {"/=503 | 200 | per connection"},
                   {get("/a") + get("/b"), get("/a") + get("/a")},
                   {"503 200", "503 200"}},
        ChoiceCase{"PerClient", {"/=503 | 200 | per client"}, {get("/a"), get("/b")}, {"503", "200"}},
        ChoiceCase{"TheNextAnchor", {"/a=1/2 503", "/=201"}, {times(get("/a"), 3)}, {"201 503 201"}},
        ChoiceCase{"ACraftedPath", {"/=1/2 503"}, {times(get("/p/202"), 3)}, {"202 503 202"}},
        ChoiceCase{"Filter", {"~m POST & ~u /pay & ~hq X-Test=503", "/=200"}, {get("/pay") + post}, {"200 503"}},
        ChoiceCase{"FilterByContent", {"~bq ^card$=402"}, {post}, {"402"}},
        ChoiceCase{"FilterByClient", {"~src ^127.0.0.1: & ~dst ^127.0.0.1:=204"}, {get("/")}, {"204"}},
        ChoiceCase{"FilterWithAlternatives",
                   {"~m POST=503 | 200", "/=404"},
                   {get("/") + post + get("/") + post},
                   {"404 503 404 200"}},
        ChoiceCase{"ForHttp2Alone", {"/a=200 h2f:PING | 200"}, {times(get("/a"), 2)}, {"800 200"}}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(AnchorChoices, ByContentThatWasNotKeptAreAnError) {
    Running running({.anchors = {"~bq card=402", "/=200"}, .keep_body = 3});
    EXPECT_EQ(running.ask(get("/") + post), "200 800");
    auto const entry = running.daemon.log().last();
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->response->reason, "Anchor Error");
    EXPECT_THAT(entry->message, HasSubstr("longer than the limit of 3 bytes"));
}

TEST(AnchorChoices, OfAHandshakeByFilter) {
    Running running({.anchors = {"~websocket=403"}});
    EXPECT_EQ(running.ask("GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"),
              "403");
}

TEST(AnchorChoices, BeginAnewWhenTheDaemonIsStartedAgain) {
    Running running({.anchors = {"/a=503 | 200"}});
    EXPECT_EQ(running.ask(get("/a") + get("/a")), "503 200");
    running.daemon.stop();
    running.daemon.start().value();
    EXPECT_EQ(running.ask(get("/a")), "503");
}

TEST(AnchorChoices, OfAnAnchorThatIsAddedLater) {
    Running running({.anchors = {"/=200"}});
    ASSERT_TRUE(running.daemon.add_anchor("/a=503 | 404"));
    ASSERT_TRUE(running.daemon.add_anchor(PathAnchor{"~m PUT & ~u x=1", "405"}));
    EXPECT_EQ(running.ask(times(get("/a"), 2) + get("/") + "PUT /?x=1 HTTP/1.1\r\n\r\n"), "503 404 200 405");
}

// --- functions of the program ----------------------------------------------------------------------------------------

TEST(FunctionAnchors, SelectAndCompute) {
    Running running({});
    auto const is_long = [](IncomingRequest const& request) { return request.body_size > 3; };
    ASSERT_TRUE(
        running.daemon.add_anchor(FunctionAnchor{.selector = "long", .condition = is_long, .spec = "413 | 414"}));
    auto const length = [](IncomingRequest const& request) { return std::to_string(200 + request.body_size); };
    ASSERT_TRUE(running.daemon.add_anchor(FunctionAnchor{.selector = "/len", .spec = length}));
    auto const with_body = [](std::string_view path, std::string_view body) {
        return "POST " + std::string(path) + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\n\r\n" + std::string(body);
    };
    EXPECT_EQ(running.ask(with_body("/", "abc") + with_body("/", "abcd") + with_body("/", "abcd") +
                          with_body("/len", "abcd")),
              "800 413 414 204");
    auto const entries = running.daemon.log().entries();
    EXPECT_EQ(entries.at(1).choice->anchor, "long");
    EXPECT_EQ(entries.at(1).choice->reason, "in order");
}

TEST(FunctionAnchors, BecomeErrorsIfTheyThrowOrReturnNoSpec) {
    Running running({});
    auto const throws = [](IncomingRequest const&) -> std::string { throw std::runtime_error("no idea"); };
    ASSERT_TRUE(running.daemon.add_anchor(FunctionAnchor{.selector = "/throws", .spec = throws}));
    auto const bad = [](IncomingRequest const&) { return std::string("200:y"); };
    ASSERT_TRUE(running.daemon.add_anchor(FunctionAnchor{.selector = "/bad", .spec = bad}));
    auto const unsure = [](IncomingRequest const& request) -> bool {
        if (request.path == "/unsure") throw std::runtime_error("not sure");
        return false;
    };
    ASSERT_TRUE(running.daemon.add_anchor(FunctionAnchor{.selector = "unsure", .condition = unsure, .spec = "200"}));
    EXPECT_EQ(running.ask(get("/throws") + get("/bad") + get("/unsure")), "500 800 800");
    auto const entries = running.daemon.log().entries();
    EXPECT_EQ(entries.at(0).message, "Exception: no idea");
    EXPECT_THAT(entries.at(1).message, testing::StartsWith("Parse error: "));
    EXPECT_EQ(entries.at(2).message, "Anchor error: not sure");
}

TEST(FunctionAnchors, AreRefusedWithABadPatternOrSpec) {
    Running running({});
    auto const pattern = running.daemon.add_anchor(FunctionAnchor{.selector = "/(", .spec = "200"});
    EXPECT_THAT(pattern.error().message, HasSubstr("Invalid regex in anchor"));
    auto const spec = running.daemon.add_anchor(FunctionAnchor{.selector = "/", .spec = "200:y"});
    EXPECT_THAT(spec.error().message, HasSubstr("200:y"));
}

TEST(Observer, SeesEachRequestAndItsResponse) {
    std::mutex mutex;
    std::vector<std::string> seen;
    DaemonOptions options{.anchors = {"/a=404"}};
    options.observer = [&](IncomingRequest const& request, ChosenResponse const& response) {
        std::scoped_lock const lock(mutex);
        seen.push_back(std::string(request.path) + " " + std::string(response.spec.substr(0, 3)) +
                       (response.is_matched ? "" : " unmatched"));
    };
    Running running(std::move(options));
    running.ask(get("/a") + get("/p/201") + get("/x"));
    std::scoped_lock const lock(mutex);
    EXPECT_THAT(seen, testing::ElementsAre("/a 404", "/p/201 201", "/x 800 unmatched"));
}

// --- several workers -------------------------------------------------------------------------------------------------

TEST(AnchorChoices, AreCountedForAllWorkers) {
    Running running({.threads = 4, .anchors = {"/a=1/4 503 | 201 | 200"}});
    std::vector<std::string> got(8);
    std::vector<std::jthread> clients;
    for (auto& one : got) clients.emplace_back([&] { one = running.ask(times(get("/a"), 10)); });
    clients.clear();
    std::string all;
    for (auto const& one : got) all += one + " ";
    auto const count = [&all](std::string_view status) {
        std::size_t found = 0;
        for (auto at = all.find(status); at != all.npos; at = all.find(status, at + 1)) ++found;
        return found;
    };
    EXPECT_EQ(count("503"), 20U);
    EXPECT_EQ(count("201"), 1U);
    EXPECT_EQ(count("200"), 59U);
}

TEST(AnchorChoices, ByChanceAreThoseOfTheSeed) {
    DaemonOptions options{.threads = 1, .anchors = {"/a=50% 503 | 200"}, .seed = 7};
    auto const sent = times(get("/a"), 60);
    auto const got = Running(options).ask(sent);
    EXPECT_THAT(got, testing::AllOf(HasSubstr("503"), HasSubstr("200")));
    options.threads = 3;
    Running again(options);
    std::string one_by_one;  // on connections of their own
    for (int i = 0; i < 60; ++i) one_by_one += (i > 0 ? " " : "") + again.ask(get("/a"));
    EXPECT_EQ(one_by_one, got);
    options.seed = 8;
    EXPECT_NE(Running(options).ask(sent), got);
}

// --- the log ---------------------------------------------------------------------------------------------------------

TEST(AnchorChoices, AreInTheLog) {
    Running running({.anchors = {"/a=503 | 200 | per connection", "/b=200"}});
    running.ask(times(get("/a"), 2) + get("/b"));
    auto const entries = running.daemon.log().wait_for(3, 20s);
    ASSERT_TRUE(entries);
    auto const& choice = entries->at(1).choice;
    ASSERT_TRUE(choice);
    EXPECT_EQ(choice->anchor, "/a");
    EXPECT_EQ(choice->alternative, 2U);
    EXPECT_EQ(choice->alternatives, 2U);
    EXPECT_EQ(choice->reason, "in order");
    EXPECT_EQ(choice->request, 2U);
    EXPECT_EQ(choice->per, "connection");
    EXPECT_FALSE(choice->drawn);
    EXPECT_EQ(entries->at(2).choice, nullptr) << "an anchor with one response chooses nothing";
}

/// What the daemon prints for a client.
std::string printed(DaemonOptions options, std::string_view sent) {
    std::string out, err;
    proxycore::console::Console console(out, err);
    options.timestamps = false;
    Daemon daemon(std::move(options), &console);
    daemon.start().value();
    Client(daemon.port()).ask(sent);
    daemon.stop();
    console.flush();
    return test::without_port(out) + err;
}

TEST(AnchorChoices, ArePrinted) {
    EXPECT_EQ(printed({.anchors = {"/a=503 | 200", "/b=201", "~m PUT=204"}},
                      get("/a") + get("/b") + "PUT /c HTTP/1.1\r\n\r\n"),
              "crafting spec: 503\nfrom CLIENT: GET /a\nanchor /a: alternative 1 of 2, in order (request 1)\n"
              "crafting spec: 201\nfrom CLIENT: GET /b\n"
              "crafting spec: 204\nfrom CLIENT: PUT /c\nanchor ~m PUT: its filter matches\n");
}

TEST(AnchorChoices, ByChancePrintTheSeed) {
    auto const text = printed({.anchors = {"/a=0% 503 | 200"}}, get("/a"));
    EXPECT_THAT(text, HasSubstr("\nanchor /a: alternative 2 of 2, in order, drawn "));
    EXPECT_THAT(text, HasSubstr("replay with --seed"));
    EXPECT_THAT(printed({.anchors = {"/a=503 | 200"}}, get("/a")), testing::Not(HasSubstr("--seed")));
}

TEST(AnchorChoices, AreInTheJson) {
    auto const text = printed({.anchors = {"/a=503 | 200"}, .json = true}, get("/a"));
    auto const choice = nlohmann::json::parse(text).at("choice");
    EXPECT_EQ(choice, nlohmann::json::parse(
                          R"({"anchor":"/a","alternative":1,"alternatives":2,"reason":"in order","request":1})"));
}

}  // namespace
}  // namespace pathology::pathod
