// Any bytes, said to a server after the preface and SETTINGS. Whatever they are: what the server says is whole frames,
// each stream is told once and closed once, and a server that hung up has said GOAWAY.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <pathology/proxycore/http2/frame_reader.hpp>
#include <pathology/proxycore/http2/session.hpp>
#include <set>
#include <string>
#include <string_view>

namespace {

namespace http2 = pathology::proxycore::http2;

void promise(bool kept, char const* what) {
    if (kept) return;
    std::fprintf(stderr, "broken promise: %s\n", what);
    std::abort();
}

class Peer {
public:
    Peer() {
        settings_.max_streams = 10;
        settings_.max_header_list = 1024;
        settings_.max_content = 4096;
    }

    void play(std::string_view bytes, std::size_t piece) {
        http2::Session session(http2::Role::server, settings_);
        bool const is_upgraded = piece % 2 == 1;
        if (is_upgraded) promise(session.upgrade("AAMAAABk", {.method = "GET", .target = "/"}).has_value(), "upgrades");
        take(session, std::string(http2::client_preface) + http2::encode({.type = 4}));
        while (!bytes.empty() && !session.is_over()) {
            auto const part = bytes.substr(0, piece);
            take(session, part);
            bytes.remove_prefix(part.size());
        }
        drain(session);
        promise(reader_.buffered().empty(), "frames are whole");
        promise(!session.failure() || sent_goaway_, "a failure is told");
        promise(session.streams() >= open_.size(), "streams are counted");
    }

private:
    void take(http2::Session& session, std::string_view part) {
        session.feed(part);
        events(session);
        drain(session);
    }

    void events(http2::Session& session) {
        while (auto const event = session.next()) {
            switch (event->type) {
                case http2::SessionEvent::Type::interim: promise(false, "has no interim responses to read"); break;
                case http2::SessionEvent::Type::head:
                    promise(open_.insert(event->stream).second, "a stream has one request");
                    promise(!event->request->head.method.empty(), "a request has a method");
                    if (event->stream % 4 == 3) session.send_continue(event->stream);
                    break;
                case http2::SessionEvent::Type::data:
                    promise(open_.contains(event->stream), "content belongs to a request");
                    break;
                case http2::SessionEvent::Type::end:
                    promise(open_.contains(event->stream), "an end belongs to a request");
                    if (event->stream % 4 == 1) {
                        session.respond(event->stream, head_, &content_);
                    } else {
                        session.take_over(event->stream);
                        session.request_allowance(event->stream, 100);
                    }
                    break;
                case http2::SessionEvent::Type::closed: open_.erase(event->stream); break;
            }
        }
    }

    void drain(http2::Session& session) {
        std::string out;
        while (auto const turn = session.drain(out, 1U << 16U)) session.finish(*turn);
        events(session);
        reader_.feed(out);
        while (auto const frame = reader_.next().value()) sent_goaway_ = sent_goaway_ || frame->header.type == 7;
    }

    /// Always the same ten bytes.
    struct Ten : http2::Content {
        std::optional<Piece> peek(std::size_t limit) override {
            return Piece{std::string_view("0123456789").substr(0, limit), limit >= 10};
        }
        void consume(std::size_t) override {}
    };

    http2::SessionSettings settings_;
    Ten content_;
    std::string head_ = http2::encode({.length = 1, .type = 1, .flags = 4, .stream = 1}) + "\x88";
    http2::FrameReader reader_;
    std::set<http2::StreamId> open_;
    bool sent_goaway_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size == 0) return 0;
    std::string_view const bytes(reinterpret_cast<char const*>(data) + 1, size - 1);
    for (std::size_t const piece : {std::size_t{1}, std::size_t{1} + data[0], size}) Peer().play(bytes, piece);
    return 0;
}
