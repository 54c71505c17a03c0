#include "layers/exchange/body.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace pathology::proxycore::layers {
namespace {

constexpr std::uint64_t max_reserved = 1 << 20;  // a peer announces a length without sending it

/// What an addon's function makes of a piece.
Result<std::string> modified(flow::StreamModifier const& modifier, std::string_view piece) {
    try {
        return modifier(piece);
    } catch (std::exception const& thrown) {
        return Failure{Failure::Kind::cancelled, "an addon could not change the stream: " + std::string(thrown.what())};
    }
}

/// The sending end of a stream: what an addon's function makes of it, and a copy for the flow.
class Outlet {
public:
    Outlet(BodyStream& to, flow::Streaming const& how, std::string* copy)
        : to_(to), modifier_(std::get_if<flow::StreamModifier>(&how)), copy_(copy) {
        if (modifier_ != nullptr && !*modifier_) modifier_ = nullptr;
    }

    asio::awaitable<Result<void>> send(std::string_view piece) {
        if (modifier_ == nullptr || piece.empty()) co_return co_await send_on(piece);
        auto const changed = modified(*modifier_, piece);
        if (changed.has_error()) co_return changed.error();
        co_return co_await send_on(*changed);
    }

    /// The function has a last word.
    asio::awaitable<Result<void>> finish(http::Fields const& trailers) {
        auto const last = modifier_ != nullptr ? modified(*modifier_, {}) : Result<std::string>(std::string());
        if (last.has_error()) co_return last.error();
        auto const sent = co_await send_on(*last);
        if (sent.has_error()) co_return sent;
        co_return co_await to_.finish(trailers.empty() ? nullptr : &trailers);
    }

private:
    asio::awaitable<Result<void>> send_on(std::string_view piece) {
        if (piece.empty()) co_return Result<void>();
        if (copy_ != nullptr) copy_->append(piece);
        co_return co_await to_.send_body(piece);
    }

    BodyStream& to_;
    flow::StreamModifier const* modifier_;
    std::string* copy_;
};

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

Failure too_large(std::string_view name, std::uint64_t limit) {
    auto const what = "the body of the " + std::string(name) + " is larger than the " + std::to_string(limit) +
                      " bytes of body_size_limit";
    return {Failure::Kind::too_large, what, name == "request" ? 413u : 502u};
}

asio::awaitable<Result<Collected>> collect_body(BodyStream& from, flow::Message& message, HttpSettings const& settings,
                                                std::string_view name) {
    auto& content = message.raw_content.emplace();
    if (auto const length = from.announced_length()) content.reserve(std::min(*length, max_reserved));
    for (;;) {
        auto const piece = co_await from.read_body();
        if (piece.has_error()) co_return piece.error();
        if (piece->empty()) break;
        content.append(*piece);
        if (is_over(content.size(), settings.body_size_limit)) co_return too_large(name, *settings.body_size_limit);
        if (is_over(content.size(), settings.stream_large_bodies)) co_return Collected::over_stream_limit;
    }
    if (auto const& trailers = from.trailers(); !trailers.empty()) message.trailers = trailers;
    co_return Collected::whole;
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

asio::awaitable<Passed> pass_body(BodyStream& from, BodyStream& to, flow::Message& message,
                                  HttpSettings const& settings, std::string_view name, Rest* rest) {
    auto const first = std::exchange(message.raw_content, std::nullopt).value_or("");
    std::string copy;
    Outlet outlet(to, message.stream, settings.store_streamed_bodies ? &copy : nullptr);
    std::uint64_t size = first.size();
    auto sent = co_await outlet.send(first);
    while (sent) {
        auto const piece = co_await from.read_body();
        if (piece.has_error()) co_return reading_failed(piece.error());
        if (piece->empty()) break;
        if (rest != nullptr && !consume(*rest, piece->size())) co_return was_cut();
        size += piece->size();
        if (is_over(size, settings.body_size_limit))
            co_return reading_failed(too_large(name, *settings.body_size_limit));
        sent = co_await outlet.send(*piece);
    }
    if (sent) sent = co_await outlet.finish(from.trailers());
    if (sent.has_error()) co_return sending_failed(sent.error());
    if (!from.trailers().empty()) message.trailers = from.trailers();
    if (settings.store_streamed_bodies) message.raw_content = std::move(copy);
    co_return Passed();
}

}  // namespace pathology::proxycore::layers
