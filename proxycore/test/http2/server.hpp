// A server over a session: answers every request that is whole, and shows what it says.
#pragma once
#include <map>
#include <memory>
#include <pathology/proxycore/http2/session.hpp>
#include <string>
#include <string_view>

#include "http2/frames.hpp"
#include "http2/text_content.hpp"

namespace pathology::proxycore::http2::test {

/// HEADERS of a 200, on stream 1; the session puts the right stream.
std::string ok_head(bool has_content);

class Server {
public:
    explicit Server(SessionSettings settings = {}, std::string body = "ok");

    /// Takes bytes and does what they ask for; answers wait for drain().
    void feed(std::string_view bytes);
    /// What there is to say, as lines; SETTINGS and WINDOW_UPDATE of the server's own are left out.
    std::string drain();
    /// Both.
    std::string exchange(std::string_view bytes);

    Session session;
    std::string log;  ///< events, one a line: `1 request GET / x`, `1 data 'abc'`, `1 end`, `1 closed CANCEL by client`
    bool responses = true;  ///< at `end`

private:
    void take_events();

    std::string body_, head_ = ok_head(true);
    std::map<StreamId, std::unique_ptr<TextContent>> contents_;
};

}  // namespace pathology::proxycore::http2::test
