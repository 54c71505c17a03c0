#include <gtest/gtest.h>

#include <iostream>
#include <pathology/testkit/daemon_options.hpp>

namespace pathology::testkit {

void tell_hanging(std::string const& report) { std::cerr << report << std::flush; }

void fail_on_hanging(std::string const& report) { ADD_FAILURE() << report; }

void ignore_hanging(std::string const& /*report*/) {}

}  // namespace pathology::testkit
