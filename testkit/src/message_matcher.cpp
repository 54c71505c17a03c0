#include <pathology/testkit/message_matcher.hpp>

#include <sstream>

#include "check.hpp"

namespace pathology::testkit {

std::string description(TextMatcher const& matcher, bool negated) {
    std::ostringstream out;
    negated ? matcher.DescribeNegationTo(&out) : matcher.DescribeTo(&out);
    return out.str();
}

bool MessageMatcher::MatchAndExplain(Request const& request, testing::MatchResultListener* listener) const {
    return check_->matches({request.headers, request.body, request.raw, request.tls.get()}, *listener);
}

bool MessageMatcher::MatchAndExplain(Reply const& reply, testing::MatchResultListener* listener) const {
    if (!reply.ok() && !check_->looks_at_broken_replies()) {
        *listener << "there is no reply: " << reply.failure;
        return false;
    }
    return check_->matches({reply.headers, reply.body, reply.raw, reply.tls.get()}, *listener);
}

void MessageMatcher::DescribeTo(std::ostream* out) const { *out << check_->description(false); }

void MessageMatcher::DescribeNegationTo(std::ostream* out) const { *out << check_->description(true); }

}  // namespace pathology::testkit
