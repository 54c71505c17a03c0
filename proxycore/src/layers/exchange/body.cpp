#include "layers/exchange/body.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <limits>
#include <pathology/proxycore/async/turns.hpp>
#include <pathology/proxycore/http/content_rule.hpp>
#include <utility>

#include "thrown.hpp"

namespace pathology::proxycore::layers {
namespace {

constexpr std::uint64_t max_kept_of_endless = 1 << 20;
/// Content up to this size is one string from the beginning. As much is reserved for a length that a peer announces, since
/// it may not send it.
constexpr std::uint64_t max_joined = 1 << 20;
constexpr std::size_t block_size = 1 << 20;

using Pieces = flow::StreamModifier::Pieces;

Failure stream_failure(flow::StreamModifier const& modifier, std::exception_ptr const& thrown) {
    auto const who = modifier.addon.empty() ? std::string("an addon") : "addon " + modifier.addon;
    return {Errc::cancelled, who + ", in a stream function: " + message_of(thrown)};
}

/// The pieces that an addon's function returns for one. Its own cancellation is passed on.
asio::awaitable<Result<Pieces>> modified(flow::StreamModifier const& modifier, std::string_view piece) {
    std::exception_ptr thrown;
    try {
        auto pieces = co_await modifier(piece);
        co_return std::move(pieces);
    } catch (...) {
        thrown = std::current_exception();
    }
    auto const state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) std::rethrow_exception(thrown);
    co_return stream_failure(modifier, thrown);
}

/// The sending end of a stream: passes on what an addon's function returns, and keeps a copy for the flow.
class Outlet {
public:
    Outlet(BodyStream& to, flow::Streaming const& how, GrowingContent& copy, std::uint64_t max_copy)
        : to_(to), copy_(copy), max_copy_(max_copy) {
        auto const* const modifier = std::get_if<flow::StreamModifier>(&how);
        if (modifier != nullptr && *modifier) modifier_ = *modifier;  // a hook may replace that one while it runs
    }

    asio::awaitable<Result<void>> send(std::string_view piece) {
        if (!modifier_ || piece.empty()) co_return co_await send_on(piece);
        co_return co_await send_modified(piece);
    }

    /// The function is called once more, with an empty piece.
    asio::awaitable<Result<void>> finish(http::Fields const& trailers) {
        if (modifier_) {
            auto const sent = co_await send_modified({});
            if (sent.has_error()) co_return sent;
        }
        co_return co_await to_.finish(trailers.empty() ? nullptr : &trailers);
    }

private:
    asio::awaitable<Result<void>> send_modified(std::string_view piece) {
        auto const changed = co_await modified(*modifier_, piece);
        if (changed.has_error()) co_return changed.error();
        for (auto const& part : *changed) {
            auto const sent = co_await send_on(part);
            if (sent.has_error()) co_return sent;
        }
        co_return Result<void>();
    }

    asio::awaitable<Result<void>> send_on(std::string_view piece) {
        if (piece.empty()) co_return Result<void>();
        copy_.append(
            piece.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(max_copy_ - copy_.size(), piece.size()))));
        co_return co_await to_.send_body(piece);
    }

    BodyStream& to_;
    std::optional<flow::StreamModifier> modifier_{};
    GrowingContent& copy_;
    std::uint64_t max_copy_;
};

/// The trailer section of a received message, as it is passed on.
http::Fields trailers_of(BodyStream const& from, HttpSettings const& settings) {
    auto const& trailers = from.trailers();
    bool const is_checked = settings.validate_inbound_headers && !trailers.empty();
    return is_checked ? http::allowed_trailers(trailers) : trailers;
}

Passed reading_failed(Failure failure) { return {std::move(failure), std::nullopt}; }
Passed sending_failed(Failure failure) { return {std::nullopt, std::move(failure)}; }
Passed was_cut() { return {std::nullopt, std::nullopt, true}; }

/// Counts `size` bytes; returns false if the rest is smaller.
bool consume(Rest& rest, std::size_t size) {
    if (!rest) return true;
    if (size > *rest) return false;
    *rest -= size;
    return true;
}

}  // namespace

// Of every message, so nothing is allocated.
bool is_stream_type(http::Fields const& fields, HttpSettings const& settings) {
    constexpr std::string_view behind_type = "+; \t";
    auto const field = fields.first("Content-Type").value_or("");
    return std::ranges::any_of(settings.stream_types, [&](std::string_view known) {
        bool const begins = http::equals_ignoring_case(field.substr(0, known.size()), known);
        return begins && (field.size() == known.size() || behind_type.find(field[known.size()]) != behind_type.npos);
    });
}

Failure too_large(std::string_view name, std::uint64_t limit) {
    auto const what = "the body of the " + std::string(name) + " is larger than the " + std::to_string(limit) +
                      " bytes of body_size_limit";
    return {Errc::too_large, what, name == "request" ? 413u : 502u};
}

void GrowingContent::append(std::string_view piece) {
    if (blocks_.empty() && content_.size() + piece.size() <= max_joined) {
        content_.append(piece);
        return;
    }
    size_of_blocks_ += piece.size();
    while (!piece.empty()) {
        if (blocks_.empty() || blocks_.back().size() == block_size) blocks_.emplace_back().reserve(block_size);
        auto const part = piece.substr(0, block_size - blocks_.back().size());
        blocks_.back().append(part);
        piece.remove_prefix(part.size());
    }
}

asio::awaitable<void> GrowingContent::join() {
    if (is_joined()) co_return;
    std::string all;
    all.reserve(size());
    all.append(content_);
    for (async::TurnTimer turn; !blocks_.empty(); blocks_.pop_front()) {
        all.append(blocks_.front());
        if (turn.is_long()) co_await turn.pass();
    }
    size_of_blocks_ = 0;
    content_ = std::move(all);
}

BodyCollector::BodyCollector(BodyStream& from, flow::Message& message, HttpSettings const& settings,
                             std::string_view name)
    : from_(from), message_(message), settings_(settings), name_(name), content_(message.raw_content.emplace()) {
    if (auto const length = from.announced_length()) message.raw_content->reserve(std::min(*length, max_joined));
}

std::optional<Result<Collected>> BodyCollector::collect_now() {
    while (!end_) {
        auto const piece = from_.read_body_now();
        if (!piece) return std::nullopt;
        end_ = add(*piece);
    }
    return content_.is_joined() ? end_ : std::nullopt;
}

asio::awaitable<Result<Collected>> BodyCollector::collect() {
    while (!end_) {
        auto const piece = co_await from_.read_body();
        end_ = add(piece);
        collect_now();
    }
    co_await content_.join();
    co_return *end_;
}

/// Returns the end if the piece is the last one that is read.
std::optional<Result<Collected>> BodyCollector::add(Result<std::string_view> const& piece) {
    if (piece.has_error()) return piece.error();
    if (piece->empty()) {
        if (auto trailers = trailers_of(from_, settings_); !trailers.empty()) message_.trailers = std::move(trailers);
        return Collected::whole;
    }
    content_.append(*piece);
    if (is_over(content_.size(), settings_.body_size_limit)) return too_large(name_, *settings_.body_size_limit);
    if (is_over(content_.size(), settings_.stream_large_bodies)) return Collected::over_stream_limit;
    return std::nullopt;
}

asio::awaitable<Result<bool>> discard_body(BodyStream& from, std::uint64_t max) {
    Rest rest = max;
    for (;;) {
        auto const piece = co_await from.read_body();
        if (piece.has_error()) co_return piece.error();
        if (piece->empty()) co_return true;
        if (!consume(rest, piece->size())) co_return false;
    }
}

namespace {

/// How much of a streamed body is kept for its record.
std::uint64_t max_copy(HttpSettings const& settings, bool is_endless) {
    if (settings.store_streamed_bodies) return std::numeric_limits<std::uint64_t>::max();
    return is_endless ? settings.body_size_limit.value_or(max_kept_of_endless) : 0;
}

asio::awaitable<Passed> pass_pieces(BodyStream& from, Outlet& outlet, std::string first, HttpSettings const& settings,
                                    std::string_view name, Rest* rest, bool has_limit) {
    std::uint64_t size = first.size();
    auto sent = co_await outlet.send(first);
    while (sent) {
        auto const piece = co_await from.read_body();
        if (piece.has_error()) co_return reading_failed(piece.error());
        if (piece->empty()) break;
        if (rest != nullptr && !consume(*rest, piece->size())) co_return was_cut();
        size += piece->size();
        if (has_limit && is_over(size, settings.body_size_limit))
            co_return reading_failed(too_large(name, *settings.body_size_limit));
        sent = co_await outlet.send(*piece);
    }
    auto const trailers = trailers_of(from, settings);
    if (sent) sent = co_await outlet.finish(trailers);
    if (sent.has_error()) co_return sending_failed(sent.error());
    co_return Passed();
}

}  // namespace

asio::awaitable<Passed> pass_body(BodyStream& from, BodyStream& to, flow::Message& message,
                                  HttpSettings const& settings, std::string_view name, Rest* rest) {
    auto first = std::exchange(message.raw_content, std::nullopt).value_or("");
    bool const is_endless = is_stream_type(message.headers, settings);
    auto const kept = max_copy(settings, is_endless);
    std::string content;
    GrowingContent copy(content);
    Outlet outlet(to, message.stream, copy, kept);
    auto passed = co_await pass_pieces(from, outlet, std::move(first), settings, name, rest, !is_endless);
    if (auto trailers = trailers_of(from, settings); passed.is_whole() && !trailers.empty())
        message.trailers = std::move(trailers);
    co_await copy.join();
    if (kept > 0) message.raw_content = std::move(content);  // of a body that broke off, too
    co_return passed;
}

}  // namespace pathology::proxycore::layers
