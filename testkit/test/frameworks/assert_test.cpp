// The kit in a program without a test framework: a failure aborts it.
#undef NDEBUG
#include <unistd.h>

#include <cassert>
#include <csignal>
#include <string_view>

#include "scenario.hpp"

using namespace pathology::kit;

int main(int argument_count, char** arguments) {
    if (argument_count > 1 && std::string_view(arguments[1]) == "fail") {
        (void)std::signal(SIGABRT, [](int) { ::_exit(1); });  // for ctest, to which an abort is never a success
        frameworks::leave_a_response_unfinished();
    }
    Daemon daemon;
    assert(frameworks::fetch(daemon, "404").status == 404);
    assert(daemon.wait_until_idle(std::chrono::seconds(10)));
}
