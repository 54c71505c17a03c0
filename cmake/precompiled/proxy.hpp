// Precompiled for the proxy and what uses it: the headers that most of its sources include, directly or not.
#pragma once

#include <pathology/proxycore/async/finally.hpp>
#include <pathology/proxycore/async/task.hpp>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/flow/tcp_flow.hpp>
#include <pathology/proxycore/layers/context.hpp>

#include "asio.hpp"
