// The responses of one anchor, and which of them a request gets.
//
//   request ─▶ count it ─▶ conditions, in order ─▶ one holds ─────────────────────────────▶ its alternative
//              per anchor,      │ none
//              path, ...        ▼
//                     those without a condition ─▶ the next of them, at the end the last or the first ─▶ it
//                               │ there is none
//                               ▼
//                       the anchor has no response for this request
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <pathology/pathod/request_function.hpp>
#include <pathology/proxycore/recently_used.hpp>
#include <pathology/proxycore/record/choice.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "alternatives_text.hpp"
#include "prepared_spec.hpp"

namespace pathology::pathod {

/// One of the responses of an anchor.
struct Alternative {
    Condition condition{};
    PreparedSpecPtr http1{};  ///< nullptr if its spec is for HTTP/2 alone
    PreparedSpecPtr http2{};  ///< nullptr if its spec is for HTTP/1 alone
    std::string spec{};
    SpecFunction function{};  ///< makes the spec for each request; empty: `spec` is the one for all
};

/// What was counted for an anchor, or for one path, client or connection of it.
struct RequestCount {
    std::uint64_t requests = 0;
    std::uint64_t in_order = 0;  ///< of them, those for which no condition held
};

/// The counts of an anchor. Those of the paths or clients that were used least recently are dropped.
struct SharedCounts {
    static constexpr std::size_t max_keys = 10'000;

    std::mutex mutex;
    proxycore::RecentlyUsed<RequestCount> by_key{max_keys};
};

/// The counts of one connection, for the anchors that count per connection. Not thread-safe.
class ConnectionCounts {
public:
    RequestCount& of(SharedCounts const& anchor) { return counts_[&anchor]; }

private:
    std::map<SharedCounts const*, RequestCount> counts_;
};

/// What a choice depends on.
struct ChoiceContext {
    std::uint64_t seed = 0;  ///< of the run; decides what is drawn
    std::string_view path{};
    std::string_view client{};     ///< its endpoint; the port does not count
    std::uint64_t connection = 0;  ///< its number
    ConnectionCounts* counts{};    ///< of the connection; nullptr: those of a connection with one request
};

/// What a request gets.
struct AlternativeChoice {
    Alternative const* alternative = nullptr;  ///< valid as long as the Alternatives
    /// Why; nullptr if there is one alternative without a condition.
    std::shared_ptr<proxycore::record::RecordedChoice> reason{};
};

/// The responses of an anchor.
///
/// Thread: choose() may be called from any thread, but with the counts of a connection only from one at a time.
/// Owns:   the alternatives and their counts.
class Alternatives {
public:
    /// One response for every request.
    explicit Alternatives(Alternative only);
    /// `text` has as many alternatives as `all`. `name` tells two anchors of a run apart, in what they draw.
    Alternatives(std::vector<Alternative> all, AlternativesText const& text, std::string_view name);

    std::vector<Alternative> const& all() const { return all_; }

    /// Whether every request gets one of them.
    bool are_for_every_request() const { return !sequence_.empty() || counts_ == nullptr; }

    /// Counts the request. The same requests in the same order get the same alternatives.
    /// std::nullopt: no condition holds, and there is no alternative without one.
    std::optional<AlternativeChoice> choose(ChoiceContext const& context) const;

private:
    struct Decision;

    std::string key_of(ChoiceContext const& context) const;
    Decision decide(RequestCount& count, std::uint64_t seed) const;
    AlternativeChoice explain(Decision const& decision) const;

    std::vector<Alternative> all_;
    std::vector<std::uint32_t> sequence_;  // those without a condition
    CountedPer per_ = CountedPer::anchor;
    bool starts_over_ = false;
    bool draws_ = false;                    // some are by chance
    std::uint64_t name_seed_ = 0;           // of the name of the anchor
    std::unique_ptr<SharedCounts> counts_;  // nullptr: one response for every request
};

}  // namespace pathology::pathod
