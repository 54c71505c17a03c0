// What the matchers over messages look at; private to their implementation.
#pragma once

#include <pathology/testkit/matchers.hpp>
#include <string>

namespace pathology::testkit {

class MessageMatcher::Check {
public:
    Check() = default;
    Check(Check const&) = delete;
    Check& operator=(Check const&) = delete;
    virtual ~Check() = default;

    /// What is there of one message, whichever kind it is.
    struct Message {
        Headers const& headers;
        std::string const& body;
        std::string const& raw;
        proxycore::record::RecordedTls const* tls;  ///< null without
    };

    virtual bool matches(Message const& message, testing::MatchResultListener& listener) const = 0;
    virtual std::string description(bool negated) const = 0;
    /// Whether the bytes of a reply that broke off are worth a look.
    virtual bool looks_at_broken_replies() const { return false; }
};

/// What a matcher of text says of itself.
std::string description(TextMatcher const& matcher, bool negated);

}  // namespace pathology::testkit
