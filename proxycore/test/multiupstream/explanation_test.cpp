#include <gmock/gmock.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "multiupstream/upstreams.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

using namespace std::chrono_literals;
using test::ask, test::ask_websocket, test::at, test::by_weights, test::default_rule, test::host_rule,
    test::make_upstream, test::name_of, test::port_rule;
using testing::HasSubstr, testing::Not;

Balancer make_balancer(std::string_view policy = "weighted") {
    return Balancer({{make_upstream("a", 3, {host_rule("*.com"), default_rule()}),
                      make_upstream("b", 1, {port_rule(443), host_rule("*.com")}), make_upstream("c")}},
                    {.policy = *parse_policy(policy)});
}

TEST(Explanation, TellsHowAPolicyDecided) {
    auto balancer = make_balancer();
    auto const question = ask("Example.com", 1, 443);
    auto const decision = balancer.choose(question, at(0s));
    auto const explanation = balancer.explain(decision, question, at(0s));
    EXPECT_EQ(to_line(explanation),
              "Example.com:443 -> a (http://user:***@a.test:3128): rule host_pattern *.com, weighted among 2");
    EXPECT_EQ(to_text(explanation),
              "target      Example.com:443\n"
              "upstream    a\n"
              "hops        http://user:***@a.test:3128\n"
              "reason      weighted among 2\n"
              "rules       host_pattern *.com\n"
              "policy      weighted\n"
              "affinity    this client connection to example.com:443\n"
              "next        b\n"
              "candidate   a: weight 3, 0 open, available, host_pattern *.com\n"
              "candidate   b: weight 1, 0 open, available, port 443, host_pattern *.com");
    EXPECT_EQ(refusal_of(explanation), "");
}

TEST(Explanation, IsJson) {
    auto balancer = make_balancer("hash:user");
    auto question = ask_websocket("x.com", 1);
    question.user = "bob";
    balancer.connected(balancer.ids()[1], 250ms, at(0s));
    balancer.failed(balancer.ids()[0], question, {Cause::refused, "no route", 0s}, at(0s));
    auto const json = nlohmann::json::parse(to_json(balancer.preview(question, at(250ms))));
    EXPECT_EQ(json, nlohmann::json::parse(R"({
        "host": "x.com", "port": 443, "websocket": true, "upstream": "b", "hops": "http://user:***@b.test:3128",
        "reason": "only candidate", "rules": ["port 443", "host_pattern *.com"], "by_default": false,
        "policy": "hash:user", "key": "user=bob", "affinity": "WebSockets of 192.0.2.1 to x.com",
        "candidates": [
            {"name": "a", "hops": "http://user:***@a.test:3128", "weight": 3, "rules": ["host_pattern *.com"],
             "open": 0, "health": "resting", "failures": 1, "cause": "refused", "detail": "no route",
             "remaining": 0.75},
            {"name": "b", "hops": "http://user:***@b.test:3128", "weight": 1,
             "rules": ["port 443", "host_pattern *.com"], "open": 0, "latency": 0.25, "health": "available"}]
    })"));
}

struct LineCase {
    std::string_view name;
    std::function<Explanation(Balancer&)> explain;
    std::string_view line, refusal;
};
class ExplanationLine : public testing::TestWithParam<LineCase> {};

TEST_P(ExplanationLine, IsOneForTheLogAndOneForTheClient) {
    auto balancer = make_balancer();
    auto const explanation = GetParam().explain(balancer);
    EXPECT_EQ(to_line(explanation), GetParam().line);
    EXPECT_EQ(refusal_of(explanation), GetParam().refusal);
}

Explanation choose(Balancer& balancer, Question const& question, std::vector<UpstreamId> const& excluded = {}) {
    auto const decision = balancer.choose(question, at(0s), excluded);
    return balancer.explain(decision, question, at(0s), excluded);
}
void fail(Balancer& balancer, std::size_t position) {
    balancer.failed(balancer.ids()[position], ask("x.com"), {Cause::refused, "no route", 0s}, at(-250ms));
}

INSTANTIATE_TEST_SUITE_P(
    Table, ExplanationLine,
    testing::Values(
        LineCase{"Default", [](Balancer& balancer) { return choose(balancer, ask("x.org")); },
                 "x.org:80 -> a (http://user:***@a.test:3128): rule default, weighted among 2", ""},
        LineCase{"OnlyCandidate", [](Balancer& balancer) { return choose(balancer, ask("x.org", 0, 443)); },
                 "x.org:443 -> b (http://user:***@b.test:3128): rule port 443, the only candidate", ""},
        LineCase{"OnlyAvailable", [](Balancer& balancer) { return fail(balancer, 0), choose(balancer, ask("x.com")); },
                 "x.com:80 -> b (http://user:***@b.test:3128): rule host_pattern *.com, the only one available of 2",
                 ""},
        LineCase{
            "Affinity",
            [](Balancer& balancer) { return choose(balancer, ask("x.com", 1)), choose(balancer, ask("x.com", 1)); },
            "x.com:80 -> a (http://user:***@a.test:3128): rule host_pattern *.com, used before by the client "
            "connection",
            ""},
        LineCase{"WebSocket",
                 [](Balancer& balancer) {
                     choose(balancer, ask_websocket("x.com", 1));
                     return choose(balancer, ask_websocket("x.com", 2));
                 },
                 "x.com:443 (WebSocket) -> a (http://user:***@a.test:3128): rule host_pattern *.com, used by a "
                 "WebSocket of the client",
                 ""},
        LineCase{"Ipv6", [](Balancer& balancer) { return choose(balancer, ask("::1", 0, 443)); },
                 "[::1]:443 -> b (http://user:***@b.test:3128): rule port 443, the only candidate", ""},
        LineCase{"NoRule",
                 [](Balancer& balancer) {
                     balancer.reload({{make_upstream("a", 1, {host_rule("*.com")})}});
                     return choose(balancer, ask("x.org"));
                 },
                 "x.org:80 -> none: no upstream proxy matches", "no upstream proxy matches x.org:80"},
        LineCase{
            "AllRest",
            [](Balancer& balancer) { return fail(balancer, 0), fail(balancer, 1), choose(balancer, ask("x.com")); },
            "x.com:80 -> none: all 2 candidates rest: a (resting for 750ms after 1 failure: refused (no route)), "
            "b (resting for 750ms after 1 failure: refused (no route))",
            "no upstream proxy for x.com:80 is available: all 2 candidates rest: a (resting for 750ms after 1 "
            "failure: refused), b (resting for 750ms after 1 failure: refused)"},
        LineCase{"AllTried",
                 [](Balancer& balancer) { return choose(balancer, ask("x.org", 0, 443), {balancer.ids()[1]}); },
                 "x.org:443 -> none: the only candidate was tried: b (tried already)",
                 "no upstream proxy for x.org:443 is available: the only candidate was tried: b (tried already)"},
        LineCase{"HostOfAnAttacker", [](Balancer& balancer) { return choose(balancer, ask("\x1b[2J.x", 0, 443)); },
                 "\\x1b[2J.x:443 -> b (http://user:***@b.test:3128): rule port 443, the only candidate", ""}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(Explanation, SaysThatAChoiceIsAProbe) {
    Balancer balancer(by_weights({1}));
    balancer.failed(balancer.ids()[0], ask("x"), {.cause = Cause::refused}, at(0s));
    EXPECT_THAT(to_line(balancer.preview(ask("x"), at(2s))), HasSubstr("the only candidate, a probe after failures"));
}

TEST(Explanation, ListsFewOfMany) {
    Configuration configuration;
    for (int i = 0; i < 1000; ++i) configuration.upstreams.push_back(make_upstream(std::to_string(i)));
    Balancer balancer(configuration);
    for (auto const id : balancer.ids()) balancer.failed(id, ask("x"), {.cause = Cause::refused}, at(0s));
    auto const explanation = balancer.preview(ask("x"), at(0s));
    EXPECT_THAT(to_line(explanation), HasSubstr(" and 995 more"));
    EXPECT_LT(to_line(explanation).size(), 400U);
}

TEST(Explanation, HasNoPasswords) {
    auto balancer = make_balancer();
    auto const explanation = balancer.preview(ask("x.com"), at(0s));
    auto const statistics = balancer.statistics(at(0s));
    for (auto const& text :
         {to_line(explanation), to_text(explanation), to_json(explanation), to_text(statistics), to_json(statistics)})
        EXPECT_THAT(text, Not(HasSubstr("secret")));
}

TEST(Preview, SaysWhatChooseThenDoes) {
    for (auto const* policy : {"weighted", "random", "least_connections", "latency", "hash:client"}) {
        auto balancer = make_balancer(policy);
        for (int i = 0; i < 50; ++i) {
            auto const question = ask(i % 3 == 0 ? "x.com" : "x.org");
            auto const expected = balancer.preview(question, at(0s));
            EXPECT_EQ(name_of(balancer.choose(question, at(0s))), expected.upstream) << policy << " " << i;
        }
    }
}

TEST(Preview, ChangesNothing) {
    for (auto const* policy : {"weighted", "random", "least_connections", "latency", "hash:client"}) {
        auto balancer = make_balancer(policy), undisturbed = make_balancer(policy);
        for (int i = 0; i < 50; ++i) {
            for (auto const* host : {"x.com", "x.org", "other.net"}) balancer.preview(ask_websocket(host, 7), at(0s));
            auto const question = ask("x.com", static_cast<std::uint8_t>(i + 10));
            EXPECT_EQ(name_of(balancer.choose(question, at(0s))), name_of(undisturbed.choose(question, at(0s))));
        }
        EXPECT_EQ(to_json(balancer.statistics(at(0s))), to_json(undisturbed.statistics(at(0s))));
    }
}

TEST(Preview, BeginsNoProbe) {
    Balancer balancer(by_weights({1}));
    balancer.failed(balancer.ids()[0], ask("x"), {.cause = Cause::refused}, at(0s));
    EXPECT_TRUE(balancer.preview(ask("x"), at(2s)).is_probe);
    EXPECT_TRUE(balancer.choose(ask("x"), at(2s)).is_probe);
}

TEST(Preview, NamesWhoWouldBeNext) {
    auto balancer = make_balancer("hash:client");
    auto const question = ask("x.com");
    auto const next = balancer.preview(question, at(0s)).next;
    auto const first = balancer.choose(question, at(0s));
    std::vector<UpstreamId> const excluded{*first.id};
    EXPECT_EQ(name_of(balancer.choose(question, at(0s), excluded)), next);
    EXPECT_EQ(balancer.preview(question, at(0s), excluded).next, "");
}

TEST(StatisticsText, HasALineForEachUpstream) {
    auto balancer = make_balancer();
    balancer.choose(ask("x.com", 1), at(0s));
    balancer.failed(balancer.ids()[0], ask("x.com", 1), {.cause = Cause::rejected}, at(0s));
    EXPECT_EQ(to_text(balancer.statistics(at(0s))),
              "a: 1 chosen, 0 open, 1 failed (rejected 1), 0 retried, available\n"
              "b: 0 chosen, 0 open, 0 failed, 0 retried, available\n"
              "c: 0 chosen, 0 open, 0 failed, 0 retried, available\n"
              "affinities: 0 of client connections, 0 of WebSockets; without an upstream: 0 unmatched, 0 unavailable");
}

TEST(StatisticsJson, HasTheCountersOfEachUpstream) {
    Balancer balancer(by_weights({2}));
    balancer.connected(balancer.ids()[0], 3ms, at(0s));
    auto const json = nlohmann::json::parse(to_json(balancer.statistics(at(0s))));
    auto const& upstream = json["upstreams"][0];
    EXPECT_EQ(upstream["name"], "a");
    EXPECT_EQ(upstream["connected"]["count"], 1);
    EXPECT_EQ(upstream["connected"]["sum"], 0.003);
    EXPECT_EQ(upstream["connected"]["buckets"][2], nlohmann::json::parse(R"({"up_to": 0.005, "count": 1})"));
    EXPECT_EQ(upstream["connected"]["buckets"].back(), nlohmann::json::parse(R"({"count": 0})"));
    EXPECT_EQ(json["affinities"], 0);
}

}  // namespace
}  // namespace pathology::proxycore::multiupstream
