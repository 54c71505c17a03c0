// Functions of addons that rewrite a body while it passes through.
#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// <boost/asio/awaitable.hpp> is for the sources that await.
namespace boost::asio {
class any_io_executor;
template <typename Result, typename Executor> class awaitable;
}  // namespace boost::asio

namespace pathology::proxycore::flow {

/// Rewrites a streamed body. It is called with each piece, and at the end once more with an empty piece; it returns
/// what to send for it: nothing, one piece or several. The next piece is read when it has returned, so it may wait.
///
///     flow.response->stream = [](std::string_view piece) { return upper_case(piece); };
///     flow.request->stream = [this](std::string_view piece) -> asio::awaitable<std::vector<std::string>> { … };
///
/// Shape:  the function returns std::string or std::vector<std::string>, or an awaitable of one of them. `piece` is
///         valid until it has returned.
/// Errors: what it throws ends the exchange; the error of the flow names the addon that set the function.
/// Cancel: what the function awaits is cancelled with the exchange.
class StreamModifier {
public:
    using Pieces = std::vector<std::string>;
    template <class Result> using Awaitable = boost::asio::awaitable<Result, boost::asio::any_io_executor>;

    StreamModifier() = default;
    template <class Function>
    requires(!std::same_as<std::remove_cvref_t<Function>, StreamModifier> &&
             std::invocable<Function&, std::string_view>) StreamModifier(Function function) {
        using Result = std::invoke_result_t<Function&, std::string_view>;
        if constexpr (std::is_same_v<Result, Awaitable<Pieces>>)
            awaited_ = std::move(function);
        else if constexpr (std::is_same_v<Result, Awaitable<std::string>>)
            awaited_ = [function = std::move(function)](std::string_view piece) mutable {
                return one(function(piece));
            };
        else if constexpr (std::is_same_v<std::remove_cvref_t<Result>, Pieces>)
            immediate_ = std::move(function);
        else
            immediate_ = [function = std::move(function)](std::string_view piece) mutable {
                return Pieces{std::string(function(piece))};
            };
    }

    explicit operator bool() const { return immediate_ || awaited_; }
    Awaitable<Pieces> operator()(std::string_view piece) const;

    /// The name of the addon that set the function; the chain fills it in after the hook.
    std::string addon{};

private:
    static Awaitable<Pieces> one(Awaitable<std::string> piece);

    std::function<Pieces(std::string_view)> immediate_;
    std::function<Awaitable<Pieces>(std::string_view)> awaited_;
};

}  // namespace pathology::proxycore::flow
