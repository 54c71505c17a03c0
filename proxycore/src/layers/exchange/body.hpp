// Bodies on their way through: kept as a whole, or passed on piece by piece.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <pathology/proxycore/flow/message.hpp>
#include <pathology/proxycore/layers/exchange/http_streams.hpp>
#include <pathology/proxycore/layers/settings.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::layers {

/// Whether a size is over a limit, where both are known. Equal is not over (P60, P61).
inline bool is_over(std::optional<std::uint64_t> size, std::optional<std::uint64_t> limit) {
    return size && limit && *size > *limit;
}

/// Whether the body is to pass through without being kept.
inline bool is_streamed(flow::Message const& message) {
    auto const* const plain = std::get_if<bool>(&message.stream);
    return plain == nullptr || *plain;
}

/// What is told of a body over its limit: "request" 413, "response" 502.
Failure too_large(std::string_view message, std::uint64_t limit);

enum class Collected {
    whole,
    too_much_to_keep,  ///< stream_large_bodies is passed: what came so far is there, and the rest is to be streamed
};

/// Reads the body of a message into its raw_content, and its trailers. `name` is "request" or "response".
/// Errors: those of reading; too_large.
asio::awaitable<Result<Collected>> collect_body(BodyStream& from, flow::Message& message, HttpSettings const& settings,
                                                std::string_view name);

/// How much more of a body that nobody needs may come; nothing = any amount.
using Rest = std::optional<std::uint64_t>;
/// What is read of one at most, once it is known that nobody does.
inline constexpr std::uint64_t most_of_rest = 4 << 20;

/// Reads a body that nobody wants, up to its end; false = there is more than `most` of it.
asio::awaitable<Result<bool>> discard_body(BodyStream& from, std::uint64_t most);

/// How a body that was streamed came through; a failure of one of the two ends.
struct Passed {
    std::optional<Failure> reading{}, sending{};
    bool is_cut = false;  ///< there was more than the rest that was allowed
    bool is_whole() const { return !reading && !sending && !is_cut; }
};

/// Passes the body of a message from one end to the other, as its `stream` says, and ends it there. What its
/// raw_content has of it already goes first; what is left there is nothing or, with store_streamed_bodies, what was
/// sent. `rest` may be set while it runs.
asio::awaitable<Passed> pass_body(BodyStream& from, BodyStream& to, flow::Message& message,
                                  HttpSettings const& settings, std::string_view name, Rest* rest = nullptr);

}  // namespace pathology::proxycore::layers
