// Why bytes are not a valid HTTP/1 message.
#pragma once
#include <boost/system/result.hpp>
#include <cstdint>
#include <pathology/proxycore/failure.hpp>
#include <string>

namespace pathology::proxycore::http1 {

/// One code for each kind of error that callers may distinguish.
enum class Errc {
    bad_start_line = 1,     ///< no request line or status line, or a request target of no known form
    bad_version,            ///< `HTTP/x.y` that the settings do not accept
    bad_field,              ///< a field line without colon, with a bad name, or with control characters
    bad_host,               ///< Host missing, repeated or malformed (RFC 9112 §3.2)
    line_folding,           ///< a field line that begins with white space (obs-fold, RFC 9112 §5.2)
    bare_line_feed,         ///< LF without CR before it (RFC 9112 §2.2)
    bad_content_length,     ///< not one decimal number, or more than one field (RFC 9112 §6.3 rule 5)
    bad_transfer_encoding,  ///< `chunked` not last, twice, or not there (RFC 9112 §6.1)
    unknown_coding,         ///< a transfer coding of no known name, and no `chunked` (RFC 9112 §6.1)
    conflicting_framing,    ///< Transfer-Encoding beside Content-Length, or in HTTP/1.0 (RFC 9112 §6.1)
    bad_chunk,              ///< chunk size, extension or the line end after the data (RFC 9112 §7.1)
    head_too_large,         ///< longer than `Limits::head`, trailers too
    chunk_line_too_large,   ///< longer than `Limits::chunk_line`
    too_many_fields,        ///< more than `Limits::fields`
    body_too_large,         ///< more than `Limits::body`
    eof_in_head,            ///< the peer ended its side inside the head
    eof_in_body,            ///< the peer ended its side inside the body
    http2_settings,         ///< a SETTINGS frame in place of a status line: the server speaks HTTP/2 (RFC 9113 §3.4)
};

/// A malformed message: `bad Content-Length "x" at byte 16`; quotes are escaped and cut short.
///
/// Units: `offset` counts bytes from the start of this message to the start of the line that is wrong.
struct Failure : BasicFailure<Errc> {
    std::uint64_t offset = 0;
    unsigned status_hint =
        0;  ///< the status for a response to it: 400, 413, 414, 431, 501, 505; 502 for a malformed response
};

}  // namespace pathology::proxycore::http1
