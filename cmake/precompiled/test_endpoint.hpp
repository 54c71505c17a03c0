// Precompiled for the tests of the spec language, the daemon and the client.
#pragma once

#include "endpoint.hpp"
#include "test_asio.hpp"
