// The head of a final response, after the interim ones (RFC 9110 §15.2).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <pathology/proxycore/flow/request.hpp>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <utility>

namespace pathology::proxycore::layers {

inline constexpr unsigned max_interim_responses = 100;  ///< for one request

/// What is wrong with the interim response `head`, when `earlier` ones came before it; std::nullopt if nothing is.
std::optional<Failure> objection_to_interim(http::ResponseHead const& head, unsigned earlier,
                                            flow::Request const& request);

/// Reads heads by `co_await read()` until one is final or switches protocols (101), and calls `co_await pass(head)` for
/// each interim one before it, without Content-Length.
///
/// Errors: those of `read`; malformed for a 101 to a request without Upgrade, and for more than max_interim_responses.
/// Cancel: that of `read` and `pass`.
template <class Read, class Pass>
boost::asio::awaitable<Result<http::ResponseHead>> read_final_head(flow::Request const& request, Read read, Pass pass) {
    for (unsigned interim = 0;; ++interim) {
        Result<http::ResponseHead> head = co_await read();
        if (head.has_error() || head->status / 100 != 1) co_return head;
        if (auto objection = objection_to_interim(*head, interim, request)) co_return std::move(*objection);
        if (head->status == 101) co_return head;
        head->fields.remove("Content-Length");  // which it must not have (RFC 9110 §8.6)
        co_await pass(*head);
    }
}

}  // namespace pathology::proxycore::layers
