// What a server answered.
#pragma once

#include <chrono>
#include <cstdint>
#include <pathology/proxycore/http/message.hpp>
#include <string>
#include <vector>

namespace pathology::pathoc {

/// When the parts of an exchange were done, counted from its begin.
struct Timings {
    std::chrono::nanoseconds sent{};   ///< the last byte was handed to the system
    std::chrono::nanoseconds head{};   ///< status line and fields of the final reply were read
    std::chrono::nanoseconds whole{};  ///< the reply was whole
};

/// A final reply, and the interim ones (1xx) before it. Text is bytes as sent.
struct Reply {
    proxycore::http::ResponseHead head;                  ///< version, status, reason, fields
    std::string body;                                    ///< decoded; the first bytes, as many as are kept
    std::uint64_t body_size = 0;                         ///< all of them counted
    proxycore::http::Fields trailers;                    ///< after a chunked body
    std::string raw;                                     ///< exact bytes, interim replies first; as many as are kept
    std::uint64_t raw_size = 0;                          ///< all of them counted
    std::vector<proxycore::http::ResponseHead> interim;  ///< in the order of their arrival
    bool keep_alive = true;                              ///< whether the connection may carry another exchange
    Timings timings;

    unsigned status() const { return head.status; }
    std::string const& reason() const { return head.reason; }
    bool body_truncated() const { return body.size() < body_size; }
};

}  // namespace pathology::pathoc
