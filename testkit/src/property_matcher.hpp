// A matcher over one property of a request or a reply; private to the implementation of matchers.
#pragma once

#include <functional>
#include <pathology/testkit/matchers.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pathology::testkit {

/// `what` is a noun: "method", "status".
template <class Subject, class Value> class PropertyMatcher : public testing::MatcherInterface<Subject const&> {
public:
    using Inner = testing::Matcher<Value const&>;
    using Property = std::function<Value(Subject const&)>;

    PropertyMatcher(std::string what, Property property, Inner inner)
        : what_(std::move(what)), property_(std::move(property)), inner_(std::move(inner)) {}

    bool MatchAndExplain(Subject const& subject, testing::MatchResultListener* listener) const override {
        if constexpr (requires { subject.failure; }) {
            if (!subject.ok()) {
                *listener << "there is no " << (std::is_same_v<Subject, Reply> ? "reply: " : "frame: ")
                          << subject.failure;
                return false;
            }
        }
        auto const value = property_(subject);
        *listener << "whose " << what_ << " is " << testing::PrintToString(value);
        return inner_.Matches(value);
    }
    void DescribeTo(std::ostream* out) const override { describe(*out, false); }
    void DescribeNegationTo(std::ostream* out) const override { describe(*out, true); }

private:
    void describe(std::ostream& out, bool negated) const {
        out << (std::string_view("aeiou").find(what_.front()) == std::string_view::npos ? "has a " : "has an ") << what_
            << " that ";
        negated ? inner_.DescribeNegationTo(&out) : inner_.DescribeTo(&out);
    }

    std::string what_;
    Property property_;
    Inner inner_;
};

}  // namespace pathology::testkit
