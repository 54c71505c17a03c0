// The kit in tests of Boost.Test.
#define BOOST_TEST_MODULE kit
#include <boost/test/included/unit_test.hpp>

#include "scenario.hpp"

using namespace pathology::kit;

static auto const before = set_failure_handler([](Failure const& failure) { BOOST_ERROR(failure.text); });

BOOST_AUTO_TEST_CASE(a_client_gets_the_status_of_a_spec) {
    Daemon daemon;
    BOOST_CHECK_EQUAL(frameworks::fetch(daemon, "404").status, 404U);
    BOOST_CHECK(daemon.wait_until_idle(std::chrono::seconds(10)));
}

BOOST_AUTO_TEST_CASE(an_unfinished_response_fails_the_test, *boost::unit_test::disabled()) {
    frameworks::leave_a_response_unfinished();
}
