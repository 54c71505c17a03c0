// What a daemon of the test kit received, and what it answered.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <pathology/proxycore/record/exchange.hpp>
#include <string>
#include <string_view>

namespace pathology::testkit {

/// Names and values in the order, the spelling and the number in which they were sent. `first("host")` ignores case.
using Headers = proxycore::http::Fields;

/// A request as it was received: `method`, `target`, `path`, `headers`, `body`, `raw` and the others of the base, and
/// what became of it.
///
/// Owns: all its text; it is a copy and outlives the daemon.
struct Request : proxycore::record::RecordedRequest {
    std::uint64_t id = 0;  ///< its number in the log, counting up from 0

    /// The answer: `answer.spec` is its resolved spelling, `answer.disconnect` says that the spec closes the
    /// connection.
    proxycore::record::RecordedResponse answer;
    /// The TLS connection it came over: `tls->sni`, `tls->alpn`, `tls->version`, `tls->client_certificate`; null
    /// without.
    std::shared_ptr<proxycore::record::RecordedTls const> tls;
    /// Whether the answer was still being written, or pausing, when this copy was made.
    bool unfinished = false;
    /// What kept the answer from being written whole, in a line: `Disconnect`, `Timeout`. Empty when nothing did.
    std::string trouble;

    /// The value of the first header of that name, in any case.
    std::optional<std::string> header(std::string_view name) const;

    bool operator==(Request const& other) const { return id == other.id && raw == other.raw; }
};

/// For failure messages: start line, connection, answer, headers and body.
void PrintTo(Request const& request, std::ostream* out);

}  // namespace pathology::testkit
