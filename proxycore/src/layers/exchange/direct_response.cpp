#include "layers/exchange/direct_response.hpp"

#include <utility>

namespace pathology::proxycore::layers {
namespace {

class DirectResponseStream final : public ServerStream {
public:
    explicit DirectResponseStream(flow::Response response) : response_(std::move(response)) {}

    asio::awaitable<Result<void>> send(flow::Request const&) override { co_return Result<void>(); }
    asio::awaitable<Result<void>> begin(flow::Request const&) override { co_return Result<void>(); }
    asio::awaitable<Result<void>> send_body(std::string_view) override { co_return Result<void>(); }
    asio::awaitable<Result<void>> finish(http::Fields const*) override { co_return Result<void>(); }

    asio::awaitable<Result<http::ResponseHead>> read_head() override { co_return response_.to_head(); }
    asio::awaitable<Result<std::string_view>> read_body() override {
        co_return std::exchange(is_read_, true) ? std::string_view() : content();
    }
    http::Fields const& trailers() const override { return none_; }
    std::optional<std::uint64_t> announced_length() const override { return content().size(); }

    void abort() noexcept override {}
    std::unique_ptr<net::Stream> take_over() override { return nullptr; }
    bool is_reused() const override { return false; }

private:
    std::string_view content() const {
        return response_.raw_content ? std::string_view(*response_.raw_content) : std::string_view();
    }

    flow::Response response_;
    http::Fields none_;
    bool is_read_ = false;
};

}  // namespace

std::unique_ptr<ServerStream> make_direct_response_stream(flow::Response response) {
    return std::make_unique<DirectResponseStream>(std::move(response));
}

}  // namespace pathology::proxycore::layers
