// The calls of the backend over HTTP. They go directly to it, and verify its certificate.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <pathology/proxycore/client/http_client.hpp>
#include <pathology/proxycore/forwarder/settings.hpp>

#include "forwarder/messages.hpp"

namespace pathology::proxycore::forwarder {

namespace asio = boost::asio;

enum class BackendErrc : std::uint8_t {
    unauthorized = 1,  ///< 401
    forbidden,         ///< 403
    rejected,          ///< another status than 2xx
    invalid,           ///< a response that is not as agreed, or a proxy that does not work
    unreachable,
    timed_out,
};

/// Why a call failed. The message names the call and has no token.
using BackendFailure = BasicFailure<BackendErrc>;
template <class T> using BackendResult = boost::system::result<T, BackendFailure>;

/// Each call takes at most Settings::timeout, and may be made any number of times at once.
///
/// Cancel: terminal; throws operation_aborted.
/// Thread: that of the coroutines that call it.
class Backend {
public:
    /// Errors: throws OptionsError if the trusted authorities cannot be read.
    explicit Backend(Settings const& settings);

    /// `GET /proxy?target_url=…`. An empty token is not sent.
    asio::awaitable<BackendResult<ChosenProxy>> choose_proxy(std::string token, std::string target_url);
    /// `GET /blacklist`
    asio::awaitable<BackendResult<RuleList>> fetch_rules();
    /// `POST /activity`
    asio::awaitable<BackendResult<void>> post(Activity activity);
    /// Closes the connections. No call may be pending.
    asio::awaitable<void> close();

private:
    asio::awaitable<BackendResult<flow::Response>> call(client::HttpClient& client, flow::Request request);

    Settings settings_;
    client::HttpClient client_, rules_client_;  // with different limits of bodies
};

}  // namespace pathology::proxycore::forwarder
