// Reads HTTP/1 responses and collects the parts that the client keeps.
//
//     wants_more ─▶ … ─▶ has_head (final head; interim ones are collected) ─▶ wants_more ─▶ … ─▶ whole ─▶ take()
//         └── the server ended its side before the first byte ─▶ nothing_comes
#pragma once

#include <cstddef>
#include <memory>
#include <pathology/pathoc/response.hpp>
#include <pathology/proxycore/http1/reader.hpp>
#include <span>
#include <string>
#include <string_view>

namespace pathology::pathoc {

/// Reads one response after another, as leniently as the original client: see `http1::Leniency`.
class ResponseCollector {
public:
    ResponseCollector(std::size_t body_limit, std::size_t raw_limit);

    /// To be called for each request: its method determines the framing of the response (RFC 9112 §6.3).
    void expect_response_to(std::string_view method) { reader_.expect_response_to(method); }

    /// A buffer to read into; commit() takes the number of bytes read.
    std::span<char> prepare() { return reader_.prepare(max_read); }
    void commit(std::size_t size) { reader_.commit(size); }
    void feed(std::string_view bytes) { reader_.feed(bytes); }

    /// The server closed its side.
    void end() { ended_ = true; }
    bool has_ended() const { return ended_; }

    enum class State {
        wants_more,     ///< more bytes are needed
        has_head,       ///< the head of the final response is complete; call again
        whole,          ///< the response is complete: take()
        nothing_comes,  ///< the server closed its side before a response began
    };
    /// Consumes buffered bytes. Returns `whole` until take() is called.
    boost::system::result<State, proxycore::http1::Failure> advance();

    /// has_head() is true if the head of the final response is complete; response() is the incomplete response.
    bool has_head() const { return has_head_; }
    Response const& response() const { return response_; }

    /// Moves the complete response out; the next one begins.
    Response take();

    /// The raw bytes of an incomplete response, up to the limit, and the number of received bytes.
    std::string partial() const;
    std::uint64_t partial_size() const { return response_.raw_size + reader_.buffered().size(); }

    /// Moves out the bytes after the last response, for a connection that changes its protocol.
    std::string take_buffered() { return reader_.take_buffered(); }

private:
    static constexpr std::size_t max_read = 16384;
    bool handle(proxycore::http1::Event event);
    void keep_raw();

    proxycore::http1::ResponseReader reader_;
    std::size_t body_limit_, raw_limit_;
    Response response_;
    bool has_head_ = false;
    bool whole_ = false;
    bool ended_ = false;
};

}  // namespace pathology::pathoc
