#include <pathology/testkit/failure.hpp>

#include <gtest/gtest.h>

namespace pathology::testkit {

void add_failure(Failure const& failure) {
    ADD_FAILURE_AT(failure.where.file_name(), static_cast<int>(failure.where.line())) << failure.text;
}

}  // namespace pathology::testkit
