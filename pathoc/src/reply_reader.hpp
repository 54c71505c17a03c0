// Replies out of bytes: the reader of HTTP/1 responses, and what a client keeps of each.
#pragma once

#include <cstddef>
#include <memory>
#include <pathology/pathoc/reply.hpp>
#include <pathology/proxycore/http1/reader.hpp>
#include <span>
#include <string>
#include <string_view>

namespace pathology::pathoc {

/// Reads one reply after another. Takes what the original client took, and no more: see `http1::Leniency`.
class ReplyReader {
public:
    ReplyReader(std::size_t body_limit, std::size_t raw_limit);

    /// Says which request the next reply answers; call once for each request that is sent.
    void expect_response_to(std::string_view method) { reader_.expect_response_to(method); }

    /// Room to read into; say with commit() how much came.
    std::span<char> prepare() { return reader_.prepare(most_room); }
    void commit(std::size_t size) { reader_.commit(size); }
    void feed(std::string_view bytes) { reader_.feed(bytes); }

    /// The server has ended its side.
    void end() { ended_ = true; }
    bool has_ended() const { return ended_; }

    enum class Progress {
        wants_more,     ///< bytes are needed
        has_head,       ///< the head of the final reply has come; go on
        whole,          ///< the reply is whole: take()
        nothing_comes,  ///< the server ended its side before a reply began
    };
    /// Uses the bytes taken so far. Asked again, it goes on saying `whole` until take().
    boost::system::result<Progress, proxycore::http1::Failure> advance();

    /// Whether the head of the final reply is there, and the reply so far.
    bool has_head() const { return has_head_; }
    Reply const& reply() const { return reply_; }

    /// The whole reply; the next one begins.
    Reply take();

    /// What has come of a reply that is not whole: the bytes, as many as are kept, and all of them counted.
    std::string partial() const;
    std::uint64_t partial_size() const { return reply_.raw_size + reader_.buffered().size(); }

    /// Bytes after the last reply, for a connection that speaks something else from now on.
    std::string take_buffered() { return reader_.take_buffered(); }

private:
    static constexpr std::size_t most_room = 16384;
    bool use(proxycore::http1::Event event);
    void keep_raw();

    proxycore::http1::ResponseReader reader_;
    std::size_t body_limit_, raw_limit_;
    Reply reply_;
    bool has_head_ = false;
    bool whole_ = false;
    bool ended_ = false;
};

}  // namespace pathology::pathoc
