// How the parts of the kit fail a test: by a function that knows the test framework.
#pragma once

#include <functional>
#include <source_location>
#include <string>

namespace pathology::kit {

/// What fails a test, when no call can return it: an expectation that did not come true when its daemon was destroyed, an
/// exception in a hook of a proxy.
struct Failure {
    std::string text;            ///< lines, without a newline at the end
    std::source_location where;  ///< of the call in the test that it is about, as far as that is known
};

/// Called on the thread that found the failure. It must not throw, since destructors call it.
using FailureHandler = std::function<void(Failure const& failure)>;

/// Sets what fails a test, for the whole program, and returns the one before.
///
///     kit::set_failure_handler([](auto const& failure) { FAIL_CHECK(failure.text); });   // Catch2, doctest
///     kit::set_failure_handler([](auto const& failure) { BOOST_ERROR(failure.text); });  // Boost.Test
///
/// pathology::testkit does so for GoogleTest. Without one, failures are written to standard error and the program aborts: a
/// test program that goes on would be green.
/// Thread: any.
FailureHandler set_failure_handler(FailureHandler handler);

/// Fails the test.
void fail(std::string text, std::source_location where = std::source_location::current());

}  // namespace pathology::kit
