// The type of the matchers that work on requests only, or on replies only.
#pragma once

#include <gmock/gmock.h>

#include <ostream>
#include <utility>

namespace pathology::testkit {

/// Usable wherever GoogleMock takes a matcher, also inside Optional(AllOf(…)), where a testing::Matcher over a
/// reference is not. Cheap to copy.
template <class Subject> class SubjectMatcher {
public:
    using is_gtest_matcher = void;
    using Inner = testing::Matcher<Subject const&>;

    explicit SubjectMatcher(Inner inner) : inner_(std::move(inner)) {}

    bool MatchAndExplain(Subject const& subject, testing::MatchResultListener* listener) const {
        return inner_.MatchAndExplain(subject, listener);
    }
    void DescribeTo(std::ostream* out) const { inner_.DescribeTo(out); }
    void DescribeNegationTo(std::ostream* out) const { inner_.DescribeNegationTo(out); }

private:
    Inner inner_;
};

}  // namespace pathology::testkit
