// What a client of the test kit got back.
#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <pathology/testkit/request.hpp>
#include <string>
#include <string_view>

namespace pathology::testkit {

/// The reply of a server under test, or why there was none.
///
/// Owns: all its text.
struct Reply {
    std::string
        failure;  ///< why there is no whole reply, in a line: `Timeout`, `Invalid server response: …`; else empty

    // Empty and 0 after a failure, except `raw`.
    unsigned status = 0;
    std::string reason;
    std::string http_version;  ///< "HTTP/1.1"
    Headers headers;
    std::string body;             ///< decoded; the first bytes, as many as are kept
    std::uint64_t body_size = 0;  ///< all of them counted
    Headers trailers;             ///< after a chunked body
    std::string raw;              ///< exact bytes, interim replies first
    bool keep_alive = false;      ///< whether the connection may carry another exchange
    std::chrono::nanoseconds duration{};
    /// The TLS connection it came over, also after a failure: `tls->version`, `tls->server_certificates`; null without.
    std::shared_ptr<proxycore::record::RecordedTls const> tls;

    bool ok() const { return failure.empty(); }
    explicit operator bool() const { return ok(); }

    /// The value of the first header of that name, in any case.
    std::optional<std::string> header(std::string_view name) const;
};

/// For failure messages: status line, headers and body, or the failure.
void PrintTo(Reply const& reply, std::ostream* out);

}  // namespace pathology::testkit
