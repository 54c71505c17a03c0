// A stream of a session, and the table that owns streams.
#pragma once
#include <deque>
#include <pathology/proxycore/http2/content.hpp>
#include <pathology/proxycore/http2/message.hpp>
#include <pathology/proxycore/http2/names.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::http2 {

/// What a session knows of a stream, between its first HEADERS frame and the end of its `closed` event.
struct Stream {
    StreamId id = 0;  // 0 if the slot is free
    void* user_data = nullptr;
    std::size_t section_size = 0;  // of the field section that is being read
    std::size_t unconsumed = 0;    // bytes of content that the reader has not consumed
    bool has_head = false;         // the peer's final one has arrived
    std::string reason;            // what was wrong with it
    bool reset_by_peer = false;
    bool has_padded_value = false;  // its reset is because of that
    bool reset_by_us = false;       // of our own accord, nghttp2 did not ask for it
    ErrorCode error{};              // the code of our reset
    bool is_ignored = false;        // the peer's content is dropped
    bool is_closed = false;
    Content* content = nullptr;
    Content::Piece piece;  // about to be sent

    // --- Role::server ---
    Request request;
    std::string_view head;         // given as bytes
    bool has_placeholder = false;  // its HEADERS frame of nghttp2's is replaced
    bool is_taken_over = false, is_finished = false;
    std::size_t requested = 0, allowed = 0;  // bytes of content, when taken over
    unsigned continues = 0;                  // 100 (Continue) that wait for their turn

    // --- Role::client ---
    Response response;
    bool is_unsent = false;  // the request is still held back
    unsigned interims = 0;
    std::uint64_t announced_size = 0;  // content, with the frame that is being read

    void renew(StreamId its_id);
};

/// Owns streams and uses their memory again: as many as were ever open at once.
class StreamTable {
public:
    Stream& acquire(StreamId id) {
        if (free_.empty()) free_.push_back(&all_.emplace_back());
        auto& stream = *free_.back();
        free_.pop_back();
        stream.renew(id);
        return stream;
    }
    void release(Stream& stream) {
        stream.id = 0;
        free_.push_back(&stream);
    }
    /// Streams in use.
    std::size_t size() const { return all_.size() - free_.size(); }
    template <class Visitor> void for_each(Visitor const& visit) {
        for (auto& stream : all_)
            if (stream.id != 0) visit(stream);
    }

private:
    std::deque<Stream> all_;
    std::vector<Stream*> free_;
};

}  // namespace pathology::proxycore::http2
