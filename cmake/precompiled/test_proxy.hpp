// Precompiled for the tests of the proxy and of the test kit.
#pragma once

#include "proxy.hpp"
#include "test_asio.hpp"
