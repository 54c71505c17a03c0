#include "multiupstream/redis_state.hpp"

#include <charconv>
#include <pathology/proxycore/async/race.hpp>
#include <utility>

namespace pathology::proxycore::multiupstream {
namespace {

namespace scripts {

/// KEYS: rests [, entry]  ARGV: lease  ─▶ the upstream of the entry or "", then pairs of a resting upstream and its
/// remaining milliseconds. The entry lives for another lease.
constexpr char look_up[] = R"(
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local found = {''}
local upstream = KEYS[2] and redis.call('GET', KEYS[2])
if upstream then
  redis.call('PEXPIRE', KEYS[2], ARGV[1])
  found[1] = upstream
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local rests = redis.call('ZRANGE', KEYS[1], 0, 255, 'WITHSCORES')
for i = 1, #rests, 2 do
  found[#found + 1] = rests[i]
  found[#found + 1] = string.format('%.0f', rests[i + 1] - now)
end
return found
)";

/// KEYS: entry [, holders]  ARGV: upstream, lease, replaced, process  ─▶ the upstream of the entry
constexpr char claim[] = R"(
local upstream = redis.call('GET', KEYS[1])
if not upstream or upstream == ARGV[3] then upstream = ARGV[1] end
redis.call('SET', KEYS[1], upstream, 'PX', ARGV[2])
if KEYS[2] then
  local t = redis.call('TIME')
  redis.call('ZADD', KEYS[2], t[1] * 1000 + math.floor(t[2] / 1000) + ARGV[2], ARGV[4])
  redis.call('PEXPIRE', KEYS[2], ARGV[2])
end
return upstream
)";

/// KEYS: entry, holders  ARGV: process. The entry ends with its last holder.
constexpr char end_websockets[] = R"(
local t = redis.call('TIME')
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', t[1] * 1000 + math.floor(t[2] / 1000))
if redis.call('ZCARD', KEYS[2]) == 0 then redis.call('DEL', KEYS[1]) end
return 0
)";

/// KEYS: entry  ARGV: upstream
constexpr char drop[] = R"(
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 0
)";

/// KEYS: rests  ARGV: upstream, milliseconds. Of several rests of one upstream the longest counts.
constexpr char begin_rest[] = R"(
local t = redis.call('TIME')
local rest_until = t[1] * 1000 + math.floor(t[2] / 1000) + ARGV[2]
local known = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not known or tonumber(known) < rest_until then redis.call('ZADD', KEYS[1], rest_until, ARGV[1]) end
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
)";

}  // namespace scripts

namespace asio = boost::asio;
using redis::Command;
using redis::Reply;

constexpr char rests[] = "{pathology}:rests";
constexpr int renewals_of_lease = 3;
constexpr std::size_t renewals_at_once = 256;
constexpr std::size_t max_fingerprint = 64;

std::string entry_of(SharedAffinity const& affinity) {
    return (affinity.is_websocket ? "{pathology}:websocket:" : "{pathology}:affinity:") + affinity.name;
}
std::string holders_of(SharedAffinity const& affinity) { return "{pathology}:holders:" + affinity.name; }

std::string text_of(std::chrono::milliseconds time) { return std::to_string(time.count()); }

/// EVAL with keys and arguments.
Command run_script(char const* script, std::vector<std::string> keys, std::vector<std::string> arguments) {
    Command command{"EVAL", script, std::to_string(keys.size())};
    command.insert(command.end(), std::move_iterator(keys.begin()), std::move_iterator(keys.end()));
    command.insert(command.end(), std::move_iterator(arguments.begin()), std::move_iterator(arguments.end()));
    return command;
}

/// Others may have written anything. What no proxy writes is as if it were not there.
bool is_fingerprint(Reply const& reply) {
    return reply.kind == Reply::Kind::text && !reply.text.empty() && reply.text.size() <= max_fingerprint;
}

std::optional<SharedRest> read_rest(Reply const& upstream, Reply const& remaining) {
    if (!is_fingerprint(upstream) || remaining.kind != Reply::Kind::text) return std::nullopt;
    std::int64_t count = 0;
    auto const* const end = remaining.text.data() + remaining.text.size();
    auto const [stop, ec] = std::from_chars(remaining.text.data(), end, count);
    constexpr std::int64_t max = std::chrono::milliseconds(std::chrono::hours(24)).count();
    if (ec != std::errc() || stop != end || count <= 0 || count > max) return std::nullopt;
    return SharedRest{upstream.text, std::chrono::milliseconds(count)};
}

std::optional<SharedView> read_view(std::optional<Reply> const& reply) {
    if (!reply || reply->kind != Reply::Kind::list || reply->list.empty()) return std::nullopt;
    SharedView view;
    auto const& list = reply->list;
    if (is_fingerprint(list[0])) view.upstream = list[0].text;
    for (std::size_t i = 1; i + 1 < list.size(); i += 2)
        if (auto rest = read_rest(list[i], list[i + 1])) view.rests.push_back(*std::move(rest));
    return view;
}

}  // namespace

RedisState::RedisState(RedisSettings settings, redis::Client::Log log)
    : lease_(settings.lease),
      process_(to_string(flow::Id::make())),
      client_(std::move(settings.client), std::move(log)) {}

asio::awaitable<void> RedisState::run() {
    auto connecting = client_.run();
    auto renewing = renew();
    co_await async::race(std::move(connecting), std::move(renewing));
}

/// What was held while the server was away is claimed when it is there again.
asio::awaitable<void> RedisState::renew() {
    for (;;) {
        co_await async::pause(lease_ / renewals_of_lease);
        auto const leases = leases_.all();
        for (std::size_t i = 0; i < leases.size(); ++i) {
            auto const command = claim_of(leases[i].affinity, leases[i].upstream, "");
            bool const is_last_of_some = i % renewals_at_once == renewals_at_once - 1 || i + 1 == leases.size();
            if (is_last_of_some)
                co_await client_.call(command);
            else
                client_.send(command);
        }
    }
}

// --- affinities ------------------------------------------------------------------------------------------------------

asio::awaitable<std::optional<SharedView>> RedisState::look_up(std::optional<SharedAffinity> affinity) {
    std::vector<std::string> keys{rests};
    if (affinity) keys.push_back(entry_of(*affinity));
    auto const command = run_script(scripts::look_up, std::move(keys), {text_of(lease_)});
    auto const reply = co_await client_.call(command);
    co_return read_view(reply);
}

asio::awaitable<std::optional<std::string>> RedisState::claim(SharedAffinity affinity, std::string upstream,
                                                              std::string replaced) {
    auto const command = claim_of(affinity, upstream, replaced);
    auto const reply = co_await client_.call(command);
    if (!reply || !is_fingerprint(*reply)) co_return std::nullopt;
    co_return reply->text;
}

Command RedisState::claim_of(SharedAffinity const& affinity, std::string const& upstream,
                             std::string const& replaced) const {
    std::vector<std::string> keys{entry_of(affinity)};
    if (affinity.is_websocket) keys.push_back(holders_of(affinity));
    return run_script(scripts::claim, std::move(keys), {upstream, text_of(lease_), replaced, process_});
}

void RedisState::hold(flow::Id const& client, SharedAffinity const& affinity, std::string const& upstream) {
    leases_.hold(client, affinity, upstream);
    // Its entry may have ended with the last WebSocket of another proxy meanwhile.
    if (affinity.is_websocket) client_.send(claim_of(affinity, upstream, ""));
}

void RedisState::release(flow::Id const& client, SharedAffinity const& affinity) {
    if (leases_.release(client, affinity)) end_websockets(affinity);
}

void RedisState::forget_client(flow::Id const& client) {
    for (auto const& affinity : leases_.forget_client(client)) end_websockets(affinity);
}

/// Affinities of another kind outlive their connections by the lease.
void RedisState::end_websockets(SharedAffinity const& affinity) {
    if (!affinity.is_websocket) return;
    client_.send(run_script(scripts::end_websockets, {entry_of(affinity), holders_of(affinity)}, {process_}));
}

void RedisState::drop(SharedAffinity const& affinity, std::string const& upstream) {
    leases_.drop(affinity, upstream);
    client_.send(run_script(scripts::drop, {entry_of(affinity)}, {upstream}));
}

// --- rests -----------------------------------------------------------------------------------------------------------

void RedisState::begin_rest(std::string const& upstream, std::chrono::milliseconds length) {
    client_.send(run_script(scripts::begin_rest, {rests}, {upstream, text_of(length)}));
}

void RedisState::end_rest(std::string const& upstream) { client_.send({"ZREM", rests, upstream}); }

}  // namespace pathology::proxycore::multiupstream
