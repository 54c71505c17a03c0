// A client over a session: shows what becomes of its requests, and what it says.
#pragma once
#include <memory>
#include <pathology/proxycore/http2/session.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "http2/frames.hpp"
#include "http2/text_content.hpp"

namespace pathology::proxycore::http2::test {

/// `GET http://x/`, or another method; more fields after it.
Request request_for(std::string_view method = "GET", http::Fields fields = {});

/// What a server begins with: SETTINGS, and the ACK of the client's.
std::string server_hello(std::string_view entries = {});

/// HEADERS of a response, END_HEADERS set.
std::string response(std::uint32_t stream, std::string_view status, FieldList more = {}, unsigned flags = 0);

class Client {
public:
    explicit Client(SessionSettings const& settings = {}) : session(Role::client, settings) {}

    /// Submits, and gives the number of the stream; 0 when the session takes no more.
    StreamId submit(std::string_view method = "GET");
    StreamId send(std::string_view method, TextContent& content);
    /// Takes bytes of the server.
    void feed(std::string_view bytes);
    /// What there is to say, as lines; preface, SETTINGS and WINDOW_UPDATE are left out.
    std::string drain();
    /// Both.
    std::string exchange(std::string_view bytes);
    /// The events that are there by now, added to the log.
    void take_events();

    Session session;
    /// Events, one a line, with the pieces of content joined: `1 interim 103 x=y`, `1 response 200 x=y`, `1 data
    /// 'abc'`, `1 end x-t=9`, `1 closed`, `1 closed CANCEL by server`, `1 closed REFUSED_STREAM unprocessed`; the
    /// reason behind it, after a colon.
    std::string log;

private:
    bool has_sent_preface_ = false;
};

}  // namespace pathology::proxycore::http2::test
