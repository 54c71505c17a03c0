// Any bytes, said by a server behind its SETTINGS to a client that asked three times. Whatever they are: what the
// client says is whole frames, each stream is told in its order and closed once, and a client that hung up has said
// GOAWAY.

#include <cstddef>
#include <cstdint>
#include <map>
#include <pathology/proxycore/http2/frame_reader.hpp>
#include <pathology/proxycore/http2/session.hpp>
#include <string>
#include <string_view>

#include "demand.hpp"

namespace {

namespace http2 = pathology::proxycore::http2;
namespace http = pathology::proxycore::http;
using pathology::proxycore::fuzz::demand;

/// Ten bytes and a trailer.
struct Ten : http2::Content {
    std::optional<Piece> peek(std::size_t limit) override {
        auto const rest = std::string_view("0123456789").substr(used);
        return Piece{rest.substr(0, limit), limit >= rest.size()};
    }
    void consume(std::size_t size) override { used += size; }
    http::Fields const* trailers() const override { return &after; }

    std::size_t used = 0;
    http::Fields after{{"x-sum", "10"}};
};

class Peer {
public:
    explicit Peer(http2::WindowUpdates updates) : session_(http2::Role::client, settings(updates)) {
        ask("GET", nullptr);
        ask("POST", &content_);
        ask("HEAD", nullptr);
    }

    void play(std::string_view bytes, std::size_t piece) {
        drain();
        take(http2::encode({.type = 4}) + http2::encode({.type = 4, .flags = 1}));
        while (!bytes.empty() && !session_.is_over()) {
            auto const part = bytes.substr(0, piece);
            take(part);
            bytes.remove_prefix(part.size());
        }
        demand(!session_.failure() || sent_goaway_, "a failure is told");
        session_.abandon("the input is over");
        events();
        demand(open_.empty(), "every stream is closed in the end");
        demand(session_.streams() == 0, "streams are counted");
    }

private:
    enum class Stage { asked, responded, ended };

    static http2::SessionSettings settings(http2::WindowUpdates updates) {
        http2::SessionSettings result;
        result.max_header_list = 1024;
        result.max_content = 4096;
        result.max_interims = 4;
        result.window_updates = updates;
        return result;
    }

    void ask(std::string_view method, http2::Content* content) {
        http2::Request request;
        request.head.method = method;
        request.head.target = "/";
        request.scheme = "http";
        request.authority = "x";
        if (auto const id = session_.submit(request, content)) open_[*id] = Stage::asked;
    }

    void take(std::string_view part) {
        session_.feed(part);
        events();
        drain();
        if (session_.accepts_requests() && session_.streams() < 3) ask("GET", nullptr);
    }

    void events() {
        while (auto const event = session_.next()) {
            auto const found = open_.find(event->stream);
            demand(found != open_.end(), "events belong to a stream that is open");
            auto& stage = found->second;
            switch (event->type) {
                case http2::SessionEvent::Type::interim:
                    demand(stage == Stage::asked && event->interim->status / 100 == 1, "interims come first");
                    break;
                case http2::SessionEvent::Type::head:
                    demand(stage == Stage::asked && event->response->head.status >= 200, "one response a stream");
                    stage = Stage::responded;
                    break;
                case http2::SessionEvent::Type::data:
                    demand(stage == Stage::responded, "content follows a head");
                    session_.consume(event->stream, event->data.size() / 2);
                    break;
                case http2::SessionEvent::Type::end:
                    demand(stage == Stage::responded, "an end follows a head");
                    stage = Stage::ended;
                    break;
                case http2::SessionEvent::Type::closed: open_.erase(found); break;
            }
        }
    }

    void drain() {
        std::string out;
        session_.drain(out, 1U << 16U);
        events();
        std::string_view sent = out;
        if (sent.starts_with(http2::client_preface)) sent.remove_prefix(http2::client_preface.size());
        reader_.feed(sent);
        while (auto const frame = reader_.next().value()) sent_goaway_ = sent_goaway_ || frame->header.type == 7;
        demand(reader_.buffered().empty(), "frames are whole");
    }

    Ten content_;
    http2::Session session_;
    http2::FrameReader reader_;
    std::map<http2::StreamId, Stage> open_;
    bool sent_goaway_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size == 0) return 0;
    std::string_view const bytes(reinterpret_cast<char const*>(data) + 1, size - 1);
    auto const updates = data[0] % 2 == 0 ? http2::WindowUpdates::at_once : http2::WindowUpdates::when_consumed;
    for (std::size_t const piece : {std::size_t{1}, std::size_t{1} + data[0], size}) Peer(updates).play(bytes, piece);
    return 0;
}
