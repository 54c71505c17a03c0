// The key of the policy `hash`: where it comes from, and its number.
#pragma once

#include <cstdint>
#include <pathology/proxycore/multiupstream/policy.hpp>
#include <pathology/proxycore/multiupstream/question.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::multiupstream {

/// The same on every machine, so that proxies with the same upstreams send a key to the same one. FNV-1a, mixed.
std::uint64_t stable_hash(std::string_view text);
/// Spreads every bit over all others (the finalizer of MurmurHash3); one-to-one.
constexpr std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 33U)) * 0xff51afd7ed558ccdULL;
    x = (x ^ (x >> 33U)) * 0xc4ceb9fe1a85ec53ULL;
    return x ^ (x >> 33U);
}

/// A key that a question has.
struct FoundKey {
    HashKey key{};
    std::string value{};
};

/// The first of the policy's keys that is present and not empty; without one, the address of the client.
FoundKey find_key(Policy const& policy, Question const& question);

/// `session` of the user `bob-session-x1` is `x1`; empty if there is none.
std::string_view parameter_of(std::string_view user, std::string_view name);

/// The key for a log: the value too, unless it is that of a field or cookie, which may be a credential.
std::string to_string(FoundKey const& found);

}  // namespace pathology::proxycore::multiupstream
