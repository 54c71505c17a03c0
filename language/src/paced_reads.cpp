#include <pathology/language/paced_reads.hpp>

#include <pathology/proxycore/async/timeout.hpp>
#include <utility>

namespace pathology::language {
namespace {

namespace asio = boost::asio;
namespace async = proxycore::async;
namespace net = proxycore::net;

class PacedReads final : public net::Stream {
public:
    PacedReads(SetRate rate, std::unique_ptr<net::Stream> next) : pacer_(rate), next_(std::move(next)) {}

    asio::awaitable<net::ReadResult> read_some(asio::mutable_buffer into) override {
        if (auto const end = pacer_.pause()) {
            auto const length = std::max(*end - Pacer::Clock::now(), net::Duration(0));
            if (auto const ec = co_await async::pause(length)) co_return net::ReadResult{ec, 0};
        }
        auto const result = co_await next_->read_some(asio::buffer(into, pacer_.limit(into.size())));
        pacer_.consume(result.n);
        co_return result;
    }
    asio::awaitable<net::error_code> write(std::span<asio::const_buffer const> all) override {
        return next_->write(all);
    }
    std::size_t write_now(asio::const_buffer bytes) override { return next_->write_now(bytes); }
    bool has_unsent() const override { return next_->has_unsent(); }
    asio::awaitable<net::error_code> wait_for_end() override { return next_->wait_for_end(); }
    asio::awaitable<net::error_code> wait_for_input() override { return next_->wait_for_input(); }
    void close(net::CloseMode how) override { next_->close(how); }
    bool shows_truncation() const override { return next_->shows_truncation(); }
    std::size_t unacknowledged() override { return next_->unacknowledged(); }
    void set_time_limit(net::TimeLimit limit) override { next_->set_time_limit(limit); }
    proxycore::Endpoint local_endpoint() const override { return next_->local_endpoint(); }
    proxycore::Endpoint remote_endpoint() const override { return next_->remote_endpoint(); }
    asio::any_io_executor executor() override { return next_->executor(); }

private:
    ReadPacer pacer_;
    std::unique_ptr<net::Stream> next_;
};

}  // namespace

std::unique_ptr<net::Stream> read_at(SetRate rate, std::unique_ptr<net::Stream> stream) {
    if (rate.piece == 0) return stream;
    return std::make_unique<PacedReads>(rate, std::move(stream));
}

}  // namespace pathology::language
