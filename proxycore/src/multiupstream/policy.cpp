// policy ─▶ first ":" ─▶ keys ─▶ "," ─▶ key ─▶ ":" ─▶ name
//
// Every part is a view into the whole text, so its pointer is its place for failures.

#include <algorithm>
#include <array>
#include <optional>
#include <pathology/proxycore/multiupstream/policy.hpp>
#include <utility>

#include "token.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

template <class T> using Read = boost::system::result<T, PolicyFailure>;

constexpr std::array<std::pair<std::string_view, Policy::Kind>, 5> policies{{
    {"weighted", Policy::Kind::weighted},
    {"random", Policy::Kind::random},
    {"least_connections", Policy::Kind::least_connections},
    {"latency", Policy::Kind::latency},
    {"hash", Policy::Kind::hash},
}};

struct KeyForm {
    std::string_view name;
    bool has_name;
    HashKey::Source source;
};
constexpr std::array key_forms{
    KeyForm{"host", false, HashKey::Source::host},    KeyForm{"client", false, HashKey::Source::client},
    KeyForm{"user", false, HashKey::Source::user},    KeyForm{"user", true, HashKey::Source::parameter},
    KeyForm{"header", true, HashKey::Source::header}, KeyForm{"cookie", true, HashKey::Source::cookie},
};

class PolicyParser {
public:
    explicit PolicyParser(std::string_view whole) : whole_(whole) {}

    Read<Policy> parse() const {
        auto const colon = std::min(whole_.find(':'), whole_.size());
        auto const name = whole_.substr(0, colon);
        auto const* const found = std::ranges::find(policies, name, &std::pair<std::string_view, Policy::Kind>::first);
        if (found == policies.end())
            return fail(PolicyErrc::unknown_policy, name,
                        "expected a policy: weighted, random, least_connections, latency or hash:KEY");
        Policy policy{found->second, {}};
        if (policy.kind == Policy::Kind::hash) return with_keys(std::move(policy), colon);
        if (colon == whole_.size()) return policy;
        return fail(PolicyErrc::unknown_key, whole_.substr(colon), "only the policy hash has keys");
    }

private:
    PolicyFailure fail(PolicyErrc code, std::string_view part, std::string message) const {
        auto const begin = static_cast<std::size_t>(part.data() - whole_.data());
        return {{code, std::move(message)}, {begin, begin + part.size()}};
    }

    Read<Policy> with_keys(Policy policy, std::size_t colon) const {
        if (colon == whole_.size())
            return fail(PolicyErrc::missing_key, whole_.substr(colon), "expected a key after hash, as in hash:client");
        for (auto rest = whole_.substr(colon + 1);;) {
            auto const comma = std::min(rest.find(','), rest.size());
            auto key = parse_key(rest.substr(0, comma));
            if (!key) return key.error();
            policy.keys.push_back(*std::move(key));
            if (comma == rest.size()) return policy;
            rest.remove_prefix(comma + 1);
        }
    }

    Read<HashKey> parse_key(std::string_view text) const {
        auto const colon = std::min(text.find(':'), text.size());
        auto const kind = text.substr(0, colon);
        bool const has_name = colon < text.size();
        auto const* const form =
            std::ranges::find_if(key_forms, [&](KeyForm const& f) { return f.name == kind && f.has_name == has_name; });
        if (form == key_forms.end())
            return fail(PolicyErrc::unknown_key, text,
                        "expected a key: host, client, user, user:PARAMETER, header:NAME or cookie:NAME");
        auto const name = text.substr(std::min(colon + 1, text.size()));
        if (has_name && !is_token(name))
            return fail(PolicyErrc::bad_name, name, "expected a name after " + std::string(kind) + ":");
        bool const is_divided = form->source == HashKey::Source::parameter && name.find('-') != name.npos;
        if (is_divided) return fail(PolicyErrc::bad_name, name, "the name of a parameter contains no -");
        return HashKey{form->source, std::string(name)};
    }

    std::string_view whole_;
};

}  // namespace

boost::system::result<Policy, PolicyFailure> parse_policy(std::string_view text) { return PolicyParser(text).parse(); }

std::string to_string(HashKey const& key) {
    auto const* const form = std::ranges::find(key_forms, key.source, &KeyForm::source);
    auto text = std::string(form->name);
    return form->has_name ? text.append(":").append(key.name) : text;
}

std::string to_string(Policy const& policy) {
    auto const* const named =
        std::ranges::find(policies, policy.kind, &std::pair<std::string_view, Policy::Kind>::second);
    auto text = std::string(named->first);
    char separator = ':';
    for (auto const& key : policy.keys) {
        text.append(1, separator).append(to_string(key));
        separator = ',';
    }
    return text;
}

}  // namespace pathology::proxycore::multiupstream
