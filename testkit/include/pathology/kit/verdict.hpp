// Whether something holds, and why.
#pragma once

#include <ostream>
#include <string>
#include <utility>

namespace pathology::kit {

/// True or false, with the reason in words: `2 connections are still open`.
///
///     EXPECT_TRUE(daemon.wait_until_idle(2s));                        // GoogleTest prints the reason
///     if (auto idle = daemon.wait_until_idle(2s); !idle) FAIL(idle.message());   // Catch2
class Verdict {
public:
    static Verdict yes(std::string text) { return {true, std::move(text)}; }
    static Verdict no(std::string text) { return {false, std::move(text)}; }

    explicit operator bool() const { return holds_; }
    std::string const& message() const { return text_; }

    /// To the assertion results of a framework, testing::AssertionResult: made of a bool, then given the text.
    template <class Result>
    requires requires(Result result, std::string const& text) {
        Result(true) << text;
        result.failure_message();
    }
    operator Result() const { return Result(holds_) << text_; }  // NOLINT(google-explicit-constructor)

    friend std::ostream& operator<<(std::ostream& out, Verdict const& verdict) { return out << verdict.text_; }

private:
    Verdict(bool holds, std::string text) : holds_(holds), text_(std::move(text)) {}

    bool holds_;
    std::string text_;
};

}  // namespace pathology::kit
