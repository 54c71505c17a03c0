#pragma once
// The columns of the table of tokens; see tokens.hpp.

#include <string_view>

namespace pathology::language {

/// Kinds of messages, as bits: where a token is allowed.
namespace in {
inline constexpr unsigned response = 1;
inline constexpr unsigned request = 2;
inline constexpr unsigned http = response | request;
inline constexpr unsigned server_frame = 4;
inline constexpr unsigned client_frame = 8;
inline constexpr unsigned frame = server_frame | client_frame;
inline constexpr unsigned http2_frame = 16;  // and the preface
inline constexpr unsigned raw_response = 32;
inline constexpr unsigned raw_request = 64;
inline constexpr unsigned any = http | frame | http2_frame | raw_response | raw_request;
}  // namespace in

/// A row of the table of tokens.
struct TokenInfo {
    std::string_view letter;               ///< as listed in hints; empty if another token stands for it
    unsigned allowed = 0;                  ///< bits of `in`
    std::string_view exclusive = {};       ///< names what a message has at most one of; empty if it may be repeated
    std::string_view field = {};           ///< the HTTP/1 name of the header field that the token is a shorthand for
    std::string_view not_over_http2 = {};  ///< why HTTP/2 messages cannot have it, and what to do; empty if they can
};

}  // namespace pathology::language
