// All of the test kit.
#pragma once

#include <pathology/testkit/client.hpp>
#include <pathology/testkit/daemon.hpp>
#include <pathology/testkit/fixtures.hpp>
#include <pathology/testkit/flow.hpp>
#include <pathology/testkit/matchers.hpp>
#include <pathology/testkit/message.hpp>
#include <pathology/testkit/proxy.hpp>
#include <pathology/testkit/taken.hpp>
