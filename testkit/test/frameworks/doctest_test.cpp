// The kit in tests of doctest.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include "scenario.hpp"

using namespace pathology::kit;

static auto const before = set_failure_handler([](Failure const& failure) { FAIL_CHECK(failure.text); });

TEST_CASE("a client gets the status of a spec") {
    Daemon daemon;
    CHECK(frameworks::fetch(daemon, "404").status == 404);
    CHECK(daemon.wait_until_idle(std::chrono::seconds(10)));
}

TEST_CASE("an unfinished response fails the test" * doctest::skip()) { frameworks::leave_a_response_unfinished(); }
