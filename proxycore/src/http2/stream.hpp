// A stream of a session, and where streams are kept.
#pragma once
#include <deque>
#include <pathology/proxycore/http2/content.hpp>
#include <pathology/proxycore/http2/message.hpp>
#include <pathology/proxycore/http2/names.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::http2 {

/// What both sides know of a stream, between its first HEADERS frame and the end of its `closed` event.
struct Stream {
    StreamId id = 0;            // 0: none
    std::size_t list_size = 0;  // of the field section that is being read
    std::size_t held = 0;       // bytes of data that the reader has not consumed
    std::string reason;         // what was wrong with it
    bool was_reset = false;     // by the peer
    bool is_ours = false;       // we reset it of our own accord
    ErrorCode error{};          // and why
    bool is_ignored = false;    // nobody wants the peer's content
    bool is_closed = false;
    Content* content = nullptr;
    Content::Piece piece;  // about to be sent

    void renew(StreamId its_id) {
        id = its_id;
        list_size = held = 0;
        reason.clear();
        was_reset = is_ours = is_ignored = is_closed = false;
        content = nullptr;
    }
};

/// Streams whose memory serves the next ones; as many as were ever open at once.
template <class OneStream> class Streams {
public:
    OneStream& take(StreamId id) {
        if (spare_.empty()) spare_.push_back(&all_.emplace_back());
        auto& stream = *spare_.back();
        spare_.pop_back();
        stream.renew(id);
        return stream;
    }
    void give_back(OneStream& stream) {
        stream.id = 0;
        spare_.push_back(&stream);
    }
    std::size_t size() const { return all_.size() - spare_.size(); }
    auto begin() { return all_.begin(); }
    auto end() { return all_.end(); }

private:
    std::deque<OneStream> all_;
    std::vector<OneStream*> spare_;
};

}  // namespace pathology::proxycore::http2
