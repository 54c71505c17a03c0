#include "faults/end_peers.hpp"

#include <array>
#include <pathology/proxycore/tls/errc.hpp>
#include <utility>

#include "http2/frames.hpp"
#include "support/play.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::integration {
namespace {

namespace asio = boost::asio;
namespace flag = proxycore::http2::flag;
namespace net = proxycore::net;
namespace wire = proxycore::http2::test;
using net::CloseMode;
using proxycore::http2::ErrorCode;
using proxycore::proxy::test::Origin;
using proxycore::proxy::test::SecureOrigin;
using proxycore::test::patience;

/// What is behind `begin` in a text, up to `end`.
std::string between(std::string_view text, std::string_view begin, std::string_view end) {
    auto const at = text.find(begin);
    if (at == text.npos) return {};
    auto const rest = text.substr(at + begin.size());
    return std::string(rest.substr(0, rest.find(end)));
}

std::string described(bool is_page, std::string const& content, std::string const& end) {
    return is_page ? "502 " + end : "200 '" + content + "' " + end;
}

}  // namespace

std::string to_string(Protocol protocol) {
    return std::string(is_http2(protocol) ? "Http2" : "Http1") + (is_tls(protocol) ? "Tls" : "");
}

std::vector<std::pair<Protocol, Protocol>> pairs_of_protocols() {
    constexpr std::array all{Protocol::http1, Protocol::http1_tls, Protocol::http2, Protocol::http2_tls};
    std::vector<std::pair<Protocol, Protocol>> pairs;
    for (auto const client : all)
        for (auto const server : all)
            if (server != Protocol::http2_tls || is_http2(client)) pairs.emplace_back(client, server);
    return pairs;
}

// --- ends ------------------------------------------------------------------------------------------------------------

std::vector<End> ends_of_connection(Protocol protocol) {
    std::vector<End> ends{{"Fin", CloseMode::half_close}, {"Rst", CloseMode::reset}};
    if (is_tls(protocol)) ends.push_back({"FinWithoutCloseNotify", CloseMode::truncate});
    return ends;
}

std::vector<End> resets(std::uint32_t stream) {
    std::vector<End> ends;
    for (std::uint32_t number = 0; number <= static_cast<std::uint32_t>(ErrorCode::http_1_1_required); ++number) {
        ErrorCode const code{number};
        ends.push_back({"ResetBy" + name(code), std::nullopt, wire::rst_stream(stream, code), code});
    }
    return ends;
}

End end_of_stream() { return {"EndStream", std::nullopt, wire::data(1, "", flag::end_stream)}; }

End goaway(std::uint32_t last, ErrorCode code, std::optional<CloseMode> how) {
    auto const content = wire::number(last) + wire::number(static_cast<std::uint32_t>(code));
    return {"GoawayOf" + std::to_string(last) + "By" + name(code) + (how ? "" : "Alone"), how,
            wire::frame(proxycore::http2::FrameType::goaway, 0, 0, content)};
}

asio::awaitable<void> play_end(net::Stream& stream, End const& end) {
    if (!end.frames.empty()) co_await net::send(stream, end.frames);
    if (end.how == CloseMode::reset) co_await net::wait_until_delivered(stream, patience);
    if (end.how) stream.close(*end.how);
}

asio::awaitable<void> speak_http2(net::Stream& stream) {
    auto const settings = wire::settings();
    co_await net::send(stream, settings);
    stream.close(CloseMode::fin);
}

// --- messages --------------------------------------------------------------------------------------------------------

std::string request_of(Protocol protocol, std::string_view content, std::size_t size, std::uint32_t stream) {
    auto const length = std::to_string(size);
    auto const* const method = size == 0 ? "GET" : "POST";
    if (!is_http2(protocol)) {
        auto const field = size == 0 ? "" : "Content-Length: " + length + "\r\n";
        return method + (" / HTTP/1.1\r\nHost: origin.test\r\n" + field + "\r\n") + std::string(content);
    }
    auto block = wire::block({{":method", method},
                              {":scheme", is_tls(protocol) ? "https" : "http"},
                              {":path", "/"},
                              {":authority", "origin.test"}});
    if (size != 0) block += wire::block({{"content-length", length}});
    unsigned const end = size == 0 ? flag::end_stream : 0U;
    auto const head = wire::headers(stream, std::string_view(block), flag::end_headers | end);
    unsigned const last = content.size() == size ? flag::end_stream : 0U;
    return (stream == 1 ? wire::hello() : "") + head + (content.empty() ? "" : wire::data(stream, content, last));
}

std::string response_of(bool is_http2, std::string_view content, std::size_t size, std::uint32_t stream) {
    auto const length = std::to_string(size);
    if (!is_http2) return "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n" + std::string(content);
    auto const head = wire::headers(stream, {{":status", "200"}, {"content-length", length}}, flag::end_headers);
    return head + wire::data(stream, content, content.size() == size ? flag::end_stream : 0U);
}

std::string rest_of_response(bool is_http2, std::uint32_t stream) {
    return is_http2 ? wire::data(stream, " end", flag::end_stream) : " end";
}

// --- servers ---------------------------------------------------------------------------------------------------------

asio::awaitable<bool> ServerPeer::read_request() {
    bool const is_first = ++requests_ == 1;
    if (is_first) {
        std::string const empty_line = "\r\n\r\n";
        bool const begins = co_await read_until(empty_line);
        if (!begins) co_return false;
        auto const settings = wire::settings() + wire::settings({}, flag::ack);
        if (is_http2()) co_await net::send(stream_, settings);
    } else if (!is_http2()) {
        received_.clear();
    }
    std::string const head = is_http2() ? "HEADERS " + std::to_string(stream()) + " " : "\r\n\r\n";
    co_return co_await read_until(head);
}

asio::awaitable<bool> ServerPeer::read_until(std::string const& part) {
    std::array<char, 4096> block{};
    // The preface has an empty line, too.
    while ((is_http2() && part != "\r\n\r\n" ? text() : received_).find(part) == std::string::npos) {
        auto const [ec, n] = co_await stream_.read_some(asio::buffer(block));
        if (ec) co_return false;
        received_.append(block.data(), n);
    }
    co_return true;
}

std::string ServerPeer::text() const {
    if (!is_http2()) return received_;
    return wire::lines(std::string_view(received_).substr(wire::hello().size() - wire::settings().size()));
}

EndingServer::EndingServer(Protocol protocol, Conduct conduct) {
    if (!is_tls(protocol)) {
        plain_ = std::make_unique<Origin>(std::move(conduct));
        return;
    }
    SecureOrigin::Options options;
    options.http2 = is_http2(protocol);
    options.conduct = std::move(conduct);
    secure_ = std::make_unique<SecureOrigin>(proxycore::tls::test::identity_for({"origin.test"}), std::move(options));
}

// --- clients ---------------------------------------------------------------------------------------------------------

EndingClient::EndingClient(Protocol protocol, std::uint16_t proxy) : protocol_(protocol), client_(proxy) {
    if (!is_tls(protocol)) return;
    client_.start_tls("origin.test", {is_http2(protocol) ? "h2" : "http/1.1"});
}

void EndingClient::send_request(std::string_view content, std::size_t size) {
    ++requests_;
    if (!is_http2(protocol_)) received_.clear();
    client_.send(request_of(protocol_, content, size, 2 * requests_ - 1));
}

void EndingClient::open_tunnel(std::string const& server, std::string_view bytes) {
    ++requests_;
    if (is_http2(protocol_)) {
        auto const connect = wire::headers(1, {{":method", "CONNECT"}, {":authority", server}}, flag::end_headers);
        return client_.send(wire::hello() + connect + wire::data(1, bytes));
    }
    client_.send("CONNECT " + server + " HTTP/1.1\r\nHost: " + server + "\r\n\r\n" + std::string(bytes));
}

void EndingClient::read_until(std::string const& part) {
    while (received_.find(part) == received_.npos) {
        auto const more = client_.read_some();
        if (more.empty()) return;
        received_ += more;
    }
}

std::string EndingClient::read_response() {
    for (bool has_ended = false;;) {
        if (auto result = outcome(has_ended)) return *result;
        auto const more = client_.read_some();
        has_ended = more.empty();
        received_ += more;
    }
}

void EndingClient::end(End const& end) {
    if (!end.frames.empty()) client_.send(end.frames);
    if (end.how == CloseMode::reset) client_.wait_until_delivered();
    if (end.how) client_.close(*end.how);
}

std::optional<std::string> EndingClient::outcome(bool has_ended) const {
    return is_http2(protocol_) ? outcome_of_http2(has_ended) : outcome_of_http1(has_ended);
}

std::optional<std::string> EndingClient::outcome_of_http1(bool has_ended) const {
    auto const end = received_.find("\r\n\r\n");
    bool const has_head = end != received_.npos;
    auto const content = has_head ? received_.substr(end + 4) : "";
    auto const length = between(received_.substr(0, end) + "\r\n", "ength: ", "\r\n");  // however it is spelled
    bool const is_page = received_.starts_with("HTTP/1.1 502 ");
    bool const is_whole = has_head && !length.empty() && content.size() == std::stoul(length);
    if (is_whole) return described(is_page, content, "whole");
    if (has_ended) return received_.empty() ? how_it_ended() : described(is_page, content, how_it_ended());
    return std::nullopt;
}

std::optional<std::string> EndingClient::outcome_of_http2(bool has_ended) const {
    auto const lines = wire::lines(received_);
    auto const stream = std::to_string(2 * requests_ - 1);
    auto const reset = between(lines, "RST_STREAM " + stream + " ", "\n");
    std::string content;
    bool is_whole = false;
    for (std::size_t at = 0, end = 0; (end = lines.find('\n', at)) != lines.npos; at = end + 1) {
        auto const line = lines.substr(at, end - at);
        bool const is_data = line.starts_with("DATA " + stream);
        if (is_data) content += between(line, "'", "'");
        is_whole |= (is_data || line.starts_with("HEADERS " + stream)) && line.find("END_STREAM") != line.npos;
    }
    bool const is_page = content.find("<h1>502 ") != content.npos;
    bool const has_head = lines.find("HEADERS " + stream) != lines.npos;
    auto const how = is_whole ? "whole" : !reset.empty() ? "RST_STREAM " + reset : has_ended ? how_it_ended() : "";
    if (how.empty()) return std::nullopt;
    return has_head ? described(is_page, content, how) : how;
}

std::string EndingClient::how_it_ended() const {
    auto const ec = client_.error();
    if (ec == asio::error::eof) return "FIN";
    if (ec == proxycore::tls::Errc::truncated) return "FIN without close_notify";
    return ec == asio::error::connection_reset ? "RST" : ec.message();
}

}  // namespace pathology::integration
