#include "layers/body.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace pathology::proxycore::layers {
namespace {

constexpr std::uint64_t most_reserved = 1 << 20;  // on the word of a peer

/// What an addon's function makes of a piece.
Result<std::string> modified(flow::StreamModifier const& modifier, std::string_view piece) {
    try {
        return modifier(piece);
    } catch (std::exception const& thrown) {
        return Failure{Failure::Kind::cancelled, "an addon could not change the stream: " + std::string(thrown.what())};
    }
}

/// One body under way.
class Passage {
public:
    Passage(BodyStream& to, flow::Streaming const& how, std::string* copy)
        : to_(to), modifier_(std::get_if<flow::StreamModifier>(&how)), copy_(copy) {
        if (modifier_ != nullptr && !*modifier_) modifier_ = nullptr;
    }

    asio::awaitable<Result<void>> send(std::string_view piece) {
        if (modifier_ == nullptr) co_return co_await send_on(piece);
        auto const changed = modified(*modifier_, piece);
        if (changed.has_error()) co_return changed.error();
        co_return co_await send_on(*changed);
    }
    asio::awaitable<Result<void>> finish(http::Fields const* trailers) {
        if (modifier_ != nullptr) {
            auto const last = co_await send({});
            if (last.has_error()) co_return last.error();
        }
        co_return co_await to_.finish(trailers);
    }

private:
    asio::awaitable<Result<void>> send_on(std::string_view piece) {
        if (copy_ != nullptr) copy_->append(piece);
        if (piece.empty()) co_return Result<void>();
        co_return co_await to_.send_body(piece);
    }

    BodyStream& to_;
    flow::StreamModifier const* modifier_;
    std::string* copy_;
};

}  // namespace

Failure too_large(std::string_view message, std::uint64_t limit) {
    bool const is_request = message == "request";
    return {Failure::Kind::too_large,
            "the body of the " + std::string(message) + " is larger than the " + std::to_string(limit) +
                " bytes of body_size_limit",
            is_request ? 413u : 502u};
}

asio::awaitable<Result<Collected>> collect_body(BodyStream& from, HttpSettings const& settings,
                                                std::string_view message, std::string& into) {
    if (auto const length = from.announced_length()) into.reserve(std::min(*length, most_reserved));
    for (;;) {
        auto const piece = co_await from.read_body();
        if (piece.has_error()) co_return piece.error();
        if (piece->empty()) co_return Collected::whole;
        into.append(*piece);
        if (is_over(into.size(), settings.body_size_limit)) co_return too_large(message, *settings.body_size_limit);
        if (is_over(into.size(), settings.stream_large_bodies)) co_return Collected::too_much_to_keep;
    }
}

asio::awaitable<Result<void>> discard_body(BodyStream& from) {
    for (;;) {
        auto const piece = co_await from.read_body();
        if (piece.has_error()) co_return piece.error();
        if (piece->empty()) co_return Result<void>();
    }
}

asio::awaitable<Passed> pass_body(BodyStream& from, BodyStream& to, flow::Streaming const& how,
                                  std::optional<std::uint64_t> limit, std::string_view message, std::string first,
                                  std::string* copy) {
    Passed passed;
    Passage passage(to, how, copy);
    std::uint64_t size = first.size();
    std::string_view piece = first;
    do {
        if (!piece.empty()) {
            auto const sent = co_await passage.send(piece);
            if (sent.has_error()) passed.sending = sent.error();
        }
        if (passed.sending) co_return passed;
        auto const next = co_await from.read_body();
        if (next.has_error()) passed.reading = next.error();
        if (passed.reading) co_return passed;
        piece = *next;
        size += piece.size();
        if (is_over(size, limit)) passed.reading = too_large(message, *limit);
        if (passed.reading) co_return passed;
    } while (!piece.empty());
    auto const& trailers = from.trailers();
    auto const finished = co_await passage.finish(trailers.empty() ? nullptr : &trailers);
    if (finished.has_error()) passed.sending = finished.error();
    co_return passed;
}

}  // namespace pathology::proxycore::layers
