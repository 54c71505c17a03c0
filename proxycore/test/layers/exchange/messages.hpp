// Requests and answers that tests of exchanges have in common.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "support/script.hpp"

namespace pathology::proxycore::layers::test {

inline std::string const get = "GET http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\n\r\n";
inline std::string const post_head = "POST http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\n";  // without its end
inline std::string const put_head = "PUT http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\n";    // likewise
inline std::string const chunked = "Transfer-Encoding: chunked\r\n\r\n";                            // which this is
inline std::string const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
inline std::string const all_hooks = "requestheaders request responseheaders response";

/// A server that has one answer.
inline proxycore::test::Script responses(std::string response) { return {{"\r\n\r\n", std::move(response)}}; }

/// The end of a head, and a body.
inline std::string with_length(std::size_t size, char fill = 'x') {
    return "Content-Length: " + std::to_string(size) + "\r\n\r\n" + std::string(size, fill);
}

}  // namespace pathology::proxycore::layers::test
