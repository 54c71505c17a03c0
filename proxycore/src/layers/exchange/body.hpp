// Message bodies: buffered as a whole, or streamed piece by piece.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <pathology/proxycore/flow/message.hpp>
#include <string>
#include <string_view>

#include "layers/exchange/http_streams.hpp"
#include "layers/settings.hpp"

namespace pathology::proxycore::layers {

/// Returns true if both are known and size > limit (P60, P61).
inline bool is_over(std::optional<std::uint64_t> size, std::optional<std::uint64_t> limit) {
    return size && limit && *size > *limit;
}

/// Returns true if the body is passed on without being kept.
inline bool is_streamed(flow::Message const& message) {
    auto const* const plain = std::get_if<bool>(&message.stream);
    return plain == nullptr || *plain;
}

/// Returns true for a Content-Type of HttpSettings::stream_types, whose bodies may have no end: their pieces are passed
/// as they come, whatever the limit for bodies, and the first ones are kept.
bool is_stream_type(http::Fields const& fields, HttpSettings const& settings);

/// The failure for a body over its limit: status 413 for "request", 502 for "response".
Failure too_large(std::string_view message, std::uint64_t limit);

enum class Collected {
    whole,
    over_stream_limit,  ///< stream_large_bodies is exceeded: raw_content has the first part, the rest is to be streamed
};

/// Content that grows piece by piece. A string that grows is copied again and again, which holds the event loop for a
/// tenth of a second where it is large. So what comes behind the first MiB is kept in blocks until join().
class GrowingContent {
public:
    /// `content` outlives this object. It has the first MiB, and after join() everything.
    explicit GrowingContent(std::string& content) : content_(content) {}

    void append(std::string_view piece);
    std::uint64_t size() const { return content_.size() + size_of_blocks_; }
    bool is_joined() const { return blocks_.empty(); }
    asio::awaitable<void> join();

private:
    std::string& content_;
    std::deque<std::string> blocks_;
    std::uint64_t size_of_blocks_ = 0;
};

/// Reads the body of a message into its raw_content, and its trailers.
///
///     auto collected = collector.collect_now();                        // no coroutine for what is there already
///     if (!collected) collected = co_await collector.collect();
///
/// Errors: those of reading; too_large.
class BodyCollector {
public:
    /// `name` is "request" or "response".
    BodyCollector(BodyStream& from, flow::Message& message, HttpSettings const& settings, std::string_view name);

    /// std::nullopt if it would have to wait, or has to join a large content; what was there is collected.
    std::optional<Result<Collected>> collect_now();
    asio::awaitable<Result<Collected>> collect();

private:
    std::optional<Result<Collected>> add(Result<std::string_view> const& piece);

    BodyStream& from_;
    flow::Message& message_;
    HttpSettings const& settings_;
    std::string_view name_;
    GrowingContent content_;
    std::optional<Result<Collected>> end_;  // known, but the content is not joined
};

/// How many more bytes of an unneeded body are accepted; std::nullopt if there is no limit.
using Rest = std::optional<std::uint64_t>;
/// The limit for the rest of a request after the response is complete.
inline constexpr std::uint64_t max_rest = 4 << 20;

/// Reads a body to its end and drops it. Returns false if it has more than `max` bytes.
asio::awaitable<Result<bool>> discard_body(BodyStream& from, std::uint64_t max);

/// The outcome of streaming a body: a failure of at most one of the two ends.
struct Passed {
    std::optional<Failure> reading{}, sending{};
    bool is_cut = false;  ///< the body was longer than the rest allowed
    bool is_whole() const { return !reading && !sending && !is_cut; }
};

/// Passes the body of a message from one end to the other through its `stream` function, then finishes it. The part in
/// raw_content is sent first. Afterwards raw_content is empty, or holds what was sent: with store_streamed_bodies all of it,
/// for is_stream_type() the first part.
/// `rest` may be set by the caller while it runs.
asio::awaitable<Passed> pass_body(BodyStream& from, BodyStream& to, flow::Message& message,
                                  HttpSettings const& settings, std::string_view name, Rest* rest = nullptr);

}  // namespace pathology::proxycore::layers
