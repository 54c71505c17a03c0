// All of the test kit for GoogleTest: the kit in the namespace pathology::testkit, fixtures and matchers.
#pragma once

#include <pathology/kit/kit.hpp>
#include <pathology/testkit/failure.hpp>
#include <pathology/testkit/fixtures.hpp>
#include <pathology/testkit/matchers.hpp>
