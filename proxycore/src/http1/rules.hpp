// The rules of RFC 9112 for a head beyond its grammar, and the messages of failures.
#pragma once
#include <optional>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/http1/failure.hpp>
#include <pathology/proxycore/http1/settings.hpp>
#include <string_view>

#include "http1/grammar.hpp"

namespace pathology::proxycore::http1 {

/// The kind of message.
enum class Kind { request, response };

/// A rule that a head breaks.
struct RuleViolation {
    Errc code;
    std::string_view field;  ///< the name of the field that breaks it; empty for the start line
};

/// The leniency for chunk lines and trailers. Their lines end in CR LF also where LF alone ends a line of the head: RFC
/// 9112 §2.2 permits it for the header section alone, and recipients that differ about the end of a chunk line see
/// different messages in the same bytes (§7.1, erratum 7633).
Leniency for_chunks(Leniency leniency);

/// The request target has one of the four forms, and one that the method allows (§3.2).
std::optional<RuleViolation> check_target(http::RequestHead const& head, Leniency const& leniency);
/// The status code is between 100 and 999 (RFC 9110 §15; codes above 599 are read as errors of the server).
std::optional<RuleViolation> check_status(unsigned status, Leniency const& leniency);
/// There is exactly one Host, and it is well formed (§3.2).
std::optional<RuleViolation> check_host(http::RequestHead const& head, Facts const& facts, Leniency const& leniency);
/// Content-Length and Transfer-Encoding determine the end of the body without ambiguity (§6.1, §6.3).
std::optional<RuleViolation> check_framing(http::Fields const& fields, http::Version version, Grammar const& grammar,
                                           Kind kind);

/// The failure at `offset`, with the invalid line in its message.
Failure describe(Errc code, Kind kind, std::uint64_t offset, std::string_view line, Limits const& limits);
/// The start line `line`, of which more may follow, is longer than the limit of the head: 414 if it has a target (§3).
Failure describe_long_start_line(Kind kind, std::string_view line, Limits const& limits);
/// The peer ended its side inside a head of which `bytes` are read; its last, incomplete line begins at `line`.
Failure describe_eof_in_head(Kind kind, std::string_view bytes, std::size_t line);
/// The peer ended its side inside a body. `length`: what Content-Length announced; std::nullopt for a chunked body.
Failure describe_eof_in_body(Kind kind, std::uint64_t offset, std::uint64_t size, std::optional<std::uint64_t> length);

}  // namespace pathology::proxycore::http1
