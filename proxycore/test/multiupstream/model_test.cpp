// Random operations, and what must hold after each of them.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <tuple>

#include "multiupstream/upstreams.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

using namespace std::chrono_literals;
using test::at, test::client, test::default_rule, test::host_rule, test::make_upstream;

constexpr std::string_view hosts[] = {"a.test", "b.test", "c.net", "d.org"};
constexpr std::string_view addresses[] = {"192.0.2.1", "192.0.2.2"};

/// A use of an upstream, from its choice to its release; then, if it is a WebSocket that was opened, to its end.
struct Use {
    UpstreamId upstream;
    Question question;
    bool is_open_websocket = false;
};

class Model {
public:
    Model(unsigned seed, Policy::Kind policy)
        : random_(seed), balancer_(make_configuration(), {.policy = {policy, {}}, .seed = seed}) {}

    void step() {
        now_ += std::chrono::milliseconds(random_() % 400);
        switch (random_() % 12) {
            case 0:
            case 1:
            case 2:
            case 3: return choose();
            case 4:
            case 5: return release();
            case 6: return open_websocket();
            case 7: return close_websocket();
            case 8: return fail();
            case 9: return connect();
            case 10: return leave(static_cast<std::uint8_t>(random_() % 5 + 1));
            case 11:
                if (random_() % 10 == 0) reload();
        }
    }

    /// What holds after each step.
    void check() const {
        auto const statistics = balancer_.statistics(at(now_));
        EXPECT_EQ(statistics.affinities, expected_.size());
        std::map<std::string, std::uint32_t> open;
        for (auto const& use : uses_) ++open[names_.at(use.upstream)];
        std::map<std::string, std::uint32_t> counted;
        for (auto const& upstream : statistics.upstreams)
            if (upstream.open > 0) counted[upstream.name] += upstream.open;
        EXPECT_EQ(counted, open);
        std::set<std::pair<std::string, std::string>> websockets;
        for (auto const& use : uses_)
            if (use.question.is_websocket) websockets.emplace(use.question.client_address, use.question.host);
        EXPECT_LE(statistics.websocket_affinities, websockets.size());
    }

    void end() {
        while (!uses_.empty()) {
            if (uses_.back().is_open_websocket) {
                balancer_.websocket_closed(uses_.back().upstream, uses_.back().question);
            } else {
                balancer_.released(uses_.back().upstream, uses_.back().question);
            }
            uses_.pop_back();
        }
        for (std::uint8_t number = 1; number <= 5; ++number) balancer_.client_gone(client(number));
        auto const statistics = balancer_.statistics(at(now_));
        EXPECT_EQ(statistics.affinities + statistics.websocket_affinities + statistics.clients, 0U);
        for (auto const& upstream : statistics.upstreams) {
            EXPECT_EQ(upstream.open, 0U);
            EXPECT_FALSE(upstream.is_removed);
        }
    }

private:
    using Key = std::tuple<std::uint8_t, std::string, std::uint16_t>;

    Configuration make_configuration() {
        Configuration configuration;
        for (auto const* name : {"p", "q", "r", "s"}) {
            if (random_() % 5 == 0) continue;
            auto upstream = make_upstream(name, random_() % 4 + 1);
            if (random_() % 3 == 0) upstream.rules = {host_rule("*.test")};
            configuration.upstreams.push_back(std::move(upstream));
        }
        return configuration;
    }

    Question draw_question() {
        auto const number = static_cast<std::uint8_t>(random_() % 5 + 1);
        return {.host = hosts[random_() % 4],
                .port = static_cast<std::uint16_t>(random_() % 2 + 80),
                .client = client(number),
                .client_address = addresses[number % 2],
                .is_websocket = random_() % 4 == 0};
    }

    static Key key_of(Question const& question) {
        return {question.client.bytes[0], std::string(question.host), question.port};
    }

    void choose() {
        auto const question = draw_question();
        auto const decision = balancer_.choose(question, at(now_));
        auto const bound = expected_.find(key_of(question));
        if (bound != expected_.end() && !question.is_websocket) {
            EXPECT_EQ(decision.reason, Reason::affinity);
            EXPECT_EQ(decision.id, bound->second);
        }
        if (!decision) return;
        EXPECT_NE(health_of(*decision.id), HealthState::resting);
        EXPECT_EQ(balancer_.upstream(*decision.id), decision.upstream);
        names_[*decision.id] = decision.upstream->name;
        if (!question.is_websocket) expected_[key_of(question)] = *decision.id;
        balancer_.opened(*decision.id);
        uses_.push_back({*decision.id, question});
    }

    HealthState health_of(UpstreamId id) const {
        auto const ids = balancer_.ids();
        auto const position = std::ranges::find(ids, id) - ids.begin();
        return balancer_.statistics(at(now_)).upstreams[static_cast<std::size_t>(position)].health.state;
    }

    /// A random use for which `fits` holds, taken out.
    template <class Fits> std::optional<Use> take(Fits fits) {
        std::vector<std::size_t> fitting;
        for (std::size_t i = 0; i < uses_.size(); ++i)
            if (fits(uses_[i])) fitting.push_back(i);
        if (fitting.empty()) return std::nullopt;
        auto const at = fitting[random_() % fitting.size()];
        auto const use = uses_[at];
        uses_.erase(uses_.begin() + static_cast<std::ptrdiff_t>(at));
        return use;
    }

    void release() {
        auto const use = take([](Use const& u) { return !u.is_open_websocket; });
        if (use) balancer_.released(use->upstream, use->question);
    }
    void open_websocket() {
        auto use = take([](Use const& u) { return u.question.is_websocket && !u.is_open_websocket; });
        if (!use) return;
        balancer_.released(use->upstream, use->question);
        balancer_.websocket_opened(use->upstream, use->question);
        use->is_open_websocket = true;
        uses_.push_back(*use);
    }
    void close_websocket() {
        auto const use = take([](Use const& u) { return u.is_open_websocket; });
        if (use) balancer_.websocket_closed(use->upstream, use->question);
    }

    void fail() {
        auto const use = take([](Use const& u) { return !u.is_open_websocket; });
        if (!use) return;
        auto const was = rests_of(use->upstream);
        auto const cause = static_cast<Cause>(random_() % cause_count);
        balancer_.failed(use->upstream, use->question, {.cause = cause}, at(now_));
        balancer_.released(use->upstream, use->question);
        auto const bound = expected_.find(key_of(use->question));
        if (bound != expected_.end() && bound->second == use->upstream) expected_.erase(bound);
        if (rests_of(use->upstream) != was)
            std::erase_if(expected_, [&](auto const& entry) { return entry.second == use->upstream; });
    }
    std::uint64_t rests_of(UpstreamId id) const {
        std::uint64_t rests = 0;
        for (auto const& upstream : balancer_.statistics(at(now_)).upstreams)
            if (upstream.name == names_.at(id)) rests += upstream.counters.rests;
        return rests;
    }

    void connect() {
        if (!uses_.empty()) balancer_.connected(uses_[random_() % uses_.size()].upstream, 1ms, at(now_));
    }

    void leave(std::uint8_t number) {
        auto const is_of_client = [&](Use const& use) { return use.question.client == client(number); };
        while (auto const use = take(is_of_client)) {
            if (use->is_open_websocket) {
                balancer_.websocket_closed(use->upstream, use->question);
            } else {
                balancer_.released(use->upstream, use->question);
            }
        }
        balancer_.client_gone(client(number));
        std::erase_if(expected_, [&](auto const& entry) { return std::get<0>(entry.first) == number; });
    }

    void reload() {
        balancer_.reload(make_configuration());
        std::erase_if(expected_, [&](auto const& entry) { return balancer_.upstream(entry.second) == nullptr; });
    }

    std::mt19937 random_;
    Balancer balancer_;
    std::chrono::milliseconds now_{};
    std::vector<Use> uses_;
    std::map<Key, UpstreamId> expected_;  // what each client connection has been using
    std::map<UpstreamId, std::string> names_;
};

class RandomOperations : public testing::TestWithParam<Policy::Kind> {};

TEST_P(RandomOperations, HoldWhatTheModelSays) {
    for (unsigned seed = 1; seed <= 60; ++seed) {
        SCOPED_TRACE(seed);
        Model model(seed, GetParam());
        for (int i = 0; i < 400 && !HasFailure(); ++i) {
            model.step();
            model.check();
        }
        model.end();
        if (HasFailure()) return;
    }
}

INSTANTIATE_TEST_SUITE_P(Policies, RandomOperations,
                         testing::Values(Policy::Kind::weighted, Policy::Kind::random, Policy::Kind::least_connections,
                                         Policy::Kind::latency, Policy::Kind::hash),
                         [](auto const& row) {
                             return to_string(Policy{row.param, {}});
                         });

}  // namespace
}  // namespace pathology::proxycore::multiupstream
