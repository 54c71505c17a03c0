// What fails a test of GoogleTest.
#pragma once

#include <pathology/kit/failure.hpp>

namespace pathology::testkit {

using namespace kit;

/// Adds a failure to the running test.
void add_failure(Failure const& failure);

/// A program that includes this header has add_failure() as its failure handler from its start on.
inline bool const has_failure_handler = (set_failure_handler(add_failure), true);

}  // namespace pathology::testkit
