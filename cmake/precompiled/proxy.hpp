// Precompiled for the proxy and what uses it: the headers that most of its sources include, directly or not. The
// context of a layer is private, so its header is found in src/.
#pragma once

#include <layers/context.hpp>
#include <pathology/proxycore/async/finally.hpp>
#include <pathology/proxycore/async/task.hpp>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/flow/tcp_flow.hpp>

#include "asio.hpp"
