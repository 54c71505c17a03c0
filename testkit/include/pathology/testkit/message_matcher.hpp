// The type of the matchers that work on requests and on replies.
#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <ostream>
#include <pathology/testkit/reply.hpp>
#include <pathology/testkit/request.hpp>
#include <utility>

namespace pathology::testkit {

/// Usable wherever GoogleMock takes a matcher; cheap to copy. Made by HasHeader() and its like.
class MessageMatcher {
public:
    using is_gtest_matcher = void;

    /// What a particular matcher looks at.
    class Check;

    explicit MessageMatcher(std::shared_ptr<Check const> check) : check_(std::move(check)) {}

    bool MatchAndExplain(Request const& request, testing::MatchResultListener* listener) const;
    bool MatchAndExplain(Reply const& reply, testing::MatchResultListener* listener) const;
    void DescribeTo(std::ostream* out) const;
    void DescribeNegationTo(std::ostream* out) const;

private:
    std::shared_ptr<Check const> check_;
};

}  // namespace pathology::testkit
