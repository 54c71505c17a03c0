// Precompiled for the daemon and the client: specs, connections and TLS.
#pragma once

#include <pathology/language/player.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/http2/session.hpp>
#include <pathology/proxycore/record/exchange.hpp>
#include <pathology/proxycore/tls/tls_stream.hpp>

#include "asio.hpp"
#include "language.hpp"
