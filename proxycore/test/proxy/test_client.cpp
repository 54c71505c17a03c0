#include "proxy/test_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <pathology/proxycore/http1/reader.hpp>
#include <pathology/proxycore/net/connect.hpp>
#include <pathology/proxycore/net/prefixed_stream.hpp>
#include <pathology/proxycore/tls/tls_stream.hpp>
#include <stdexcept>

#include "layers/http2/server.hpp"
#include "support/play.hpp"
#include "support/streams.hpp"

namespace pathology::proxycore::proxy::test {

using proxycore::test::patience;

template <class Work> void TestClient::run(Work work) {
    std::exception_ptr thrown;
    bool ended = false;
    asio::co_spawn(context_, std::move(work), [&](std::exception_ptr what) {
        thrown = what;
        ended = true;
    });
    context_.restart();
    while (!ended && context_.run_one() > 0) {
    }
    if (thrown) std::rethrow_exception(thrown);
}

TestClient::TestClient(std::uint16_t port, std::string const& host) {
    run([&, this]() -> asio::awaitable<void> {
        auto opened = co_await net::connect(host, port, patience);
        if (!opened) throw std::runtime_error(opened.error().message);
        stream_ = std::move(*opened);
        stream_->set_time_limit(patience);
        stream_->local_endpoint();
    });
}

TestClient::~TestClient() {
    streams_.clear();
    stream_.reset();
    if (http2_ == nullptr) return;
    run([this]() -> asio::awaitable<void> { co_await http2_->close(); });
}

void TestClient::start_tls(std::string const& sni, std::vector<std::string> const& protocols) {
    run([&, this]() -> asio::awaitable<void> {
        auto const context = tls::ConnectContext::make({}).value();
        auto const name = tls::ServerName::of(sni);
        tls::Engine engine(context, name);
        if (!protocols.empty()) engine.set_alpn(protocols).value();
        auto secured = std::make_unique<tls::TlsStream>(std::move(stream_), std::move(engine));
        auto const done = co_await secured->handshake(patience);
        if (!done) throw std::runtime_error(done.error().message);
        certificate_ = secured->info().peer_chain.at(0);
        stream_ = std::move(secured);
    });
}

layers::Http2Server& TestClient::http2() {
    if (http2_ == nullptr)
        http2_ =
            std::make_unique<layers::Http2Server>(std::move(stream_), "proxy", patience, layers::HttpSettings(), [] {});
    return *http2_;
}

unsigned TestClient::open_tunnel_by_http2(std::string const& where, http::Fields const& fields) {
    unsigned status = 0;
    run([&, this]() -> asio::awaitable<void> {
        flow::Request request;
        request.raw_method = "CONNECT";
        request.authority = where;
        request.path.clear();
        request.set_destination("", {});
        request.headers = fields;
        auto const stream = http2().ask();
        co_await stream->begin(request);
        auto const head = co_await stream->read_head();
        status = head.value().status;
        if (status == 200) stream_ = stream->take_over();
    });
    return status;
}

unsigned TestClient::open_websocket_by_http2(std::string const& url, http::Fields const& more) {
    unsigned status = 0;
    run([&, this]() -> asio::awaitable<void> {
        http::Fields fields{{"Connection", "Upgrade"},
                            {"Upgrade", "websocket"},
                            {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                            {"Sec-WebSocket-Version", "13"}};
        for (auto const& field : more) fields.add(field.name, field.value);
        auto const request = flow::Request::make("GET", url, "", fields).value();
        auto const stream = http2().ask();
        co_await stream->send(request);
        auto const head = co_await stream->read_head();
        status = head.value().status;
        if (status == 101) stream_ = stream->take_over();
    });
    return status;
}

unsigned TestClient::get_on_new_stream(std::string const& url, http::Fields const& fields) {
    unsigned status = 0;
    run([&, this]() -> asio::awaitable<void> {
        auto const request = flow::Request::make("GET", url, "", fields).value();
        auto const stream = http2().ask();
        co_await stream->send(request);
        auto const head = co_await stream->read_head();
        status = head.value().status;
    });
    return status;
}

std::size_t TestClient::send_on_new_stream(std::string const& url) {
    run([&, this]() -> asio::awaitable<void> {
        auto const request = flow::Request::make("GET", url).value();
        streams_.push_back(http2().ask());
        co_await streams_.back()->send(request);
    });
    context_.poll();  // lets the writer of the connection send it
    return streams_.size() - 1;
}

std::size_t TestClient::begin_on_new_stream(std::string const& url) {
    run([&, this]() -> asio::awaitable<void> {
        auto request = flow::Request::make("POST", url).value();
        request.headers.remove("content-length");
        streams_.push_back(http2().ask());
        co_await streams_.back()->begin(request);
    });
    context_.poll();
    return streams_.size() - 1;
}

ReceivedResponse TestClient::read_stream(std::size_t number) {
    ReceivedResponse response;
    run([&, this]() -> asio::awaitable<void> {
        auto& stream = *streams_[number];
        auto const head = co_await stream.read_head();
        if (!head) co_return static_cast<void>(response.head = head.error().message);
        for (;;) {
            auto const piece = co_await stream.read_body();
            if (!piece) co_return static_cast<void>(response.head = piece.error().message);
            if (piece->empty()) break;
            response.body += *piece;
        }
        response.status = head->status;
    });
    return response;
}

void TestClient::send(std::string_view bytes) {
    run([&, this]() -> asio::awaitable<void> { error_ = co_await net::send(*stream_, bytes); });
}

std::string TestClient::read(std::size_t size) {
    run([&, this]() -> asio::awaitable<void> {
        std::string block(4096, '\0');
        while (unread_.size() < size) {
            auto const [ec, n] = co_await stream_->read_some(asio::buffer(block));
            error_ = ec;
            if (ec) break;
            unread_.append(block, 0, n);
        }
    });
    auto received = unread_.substr(0, size);
    unread_.erase(0, received.size());
    return received;
}

std::string TestClient::read_some() {
    auto const first = read(1);
    return first + std::exchange(unread_, {});
}

ReceivedResponse TestClient::read_response(std::string_view method) {
    ReceivedResponse response;
    http1::ResponseReader reader({}, http1::Leniency::all());
    reader.expect_response_to(method);
    reader.feed(unread_);
    bool ended = false;
    for (;;) {
        auto const outcome = ended ? reader.finish() : reader.next();
        if (!outcome) throw std::runtime_error(outcome.error().message);
        if (!*outcome) {
            if (ended) return {};
            auto const more = read(1);
            ended = more.empty();
            reader.feed(more + unread_);
            unread_.clear();
        } else if (*outcome == http1::Event::head) {
            response.status = reader.head().status;
            response.head = reader.raw();
        } else if (*outcome == http1::Event::data) {
            response.body += reader.data();
        } else if (!reader.is_interim()) {
            break;
        }
    }
    unread_ = reader.take_buffered();
    return response;
}

ReceivedResponse TestClient::request(std::string_view bytes, std::string_view method) {
    send(bytes);
    return read_response(method);
}

std::string TestClient::read_to_end() {
    auto received = std::exchange(unread_, {});
    run([&, this]() -> asio::awaitable<void> { error_ = co_await proxycore::test::read_to_end(*stream_, received); });
    return received;
}

void TestClient::wait_until_delivered() {
    run([this]() -> asio::awaitable<void> { co_await net::wait_until_delivered(*stream_, patience); });
}

void TestClient::close(net::CloseMode how) { stream_->close(how); }

}  // namespace pathology::proxycore::proxy::test
