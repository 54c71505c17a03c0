// A response, as the client keeps it.
#pragma once

#include <chrono>
#include <cstdint>
#include <pathology/proxycore/http/message.hpp>
#include <string>
#include <vector>

namespace pathology::pathoc {

/// When the parts of an exchange were complete, from its start.
struct Timings {
    std::chrono::nanoseconds sent{};   ///< the last byte of the request was written
    std::chrono::nanoseconds head{};   ///< the head of the final response was read
    std::chrono::nanoseconds whole{};  ///< the response was complete
};

/// A final response, and the interim ones (1xx) before it. Text is bytes as received.
struct Response {
    proxycore::http::ResponseHead head;                  ///< version, status, reason, fields
    std::string body;                                    ///< decoded content, up to the body limit
    std::uint64_t body_size = 0;                         ///< of all of it
    proxycore::http::Fields trailers;                    ///< after chunked content
    std::string raw;                                     ///< raw bytes, interim responses first, up to the raw limit
    std::uint64_t raw_size = 0;                          ///< of all of it
    std::vector<proxycore::http::ResponseHead> interim;  ///< in order of arrival
    bool keep_alive = true;                              ///< whether the connection can be used again
    Timings timings;

    unsigned status() const { return head.status; }
    std::string const& reason() const { return head.reason; }
    bool body_truncated() const { return body.size() < body_size; }
};

}  // namespace pathology::pathoc
