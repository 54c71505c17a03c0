// URLs that are not forwarded: the rules of the backend as compiled regular expressions.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <pathology/proxycore/pattern/pattern.hpp>
#include <string>
#include <vector>

#include "forwarder/messages.hpp"

namespace pathology::proxycore::forwarder {

namespace asio = boost::asio;

/// A rule that blocks a URL.
struct Block {
    std::string rule;        ///< its id
    std::string given_up{};  ///< why the match was given up; empty if the rule matches
};

/// Immutable; any thread may use it.
class Blacklist {
public:
    /// The result of compile().
    struct Compiled;

    Blacklist() = default;
    /// Takes up to a second for thousands of rules, so it is for async::workers().
    static Compiled compile(RuleList const& list);

    /// Returns the first rule that is found in the URL, in any case of letters. A rule whose match is given up, because it
    /// needs too many steps, blocks too: otherwise a client could choose a URL that disables it. Other work of the loop
    /// runs between the rules.
    /// Cancel: throws operation_aborted.
    asio::awaitable<std::optional<Block>> find(std::string url) const;

    std::size_t size() const { return rules_ ? rules_->size() : 0; }

private:
    struct CompiledRule {
        std::string id;
        pattern::Pattern pattern;
    };
    std::shared_ptr<std::vector<CompiledRule> const> rules_{};  // shared with find(), which may outlast this object
};

struct Blacklist::Compiled {
    Blacklist blacklist{};
    std::vector<std::string> warnings{};  ///< about rules that are left out, with their ids
};

}  // namespace pathology::proxycore::forwarder
