// The sentence that says what is wrong with a message.
#pragma once
#include <optional>
#include <pathology/proxycore/http1/failure.hpp>
#include <pathology/proxycore/http1/settings.hpp>
#include <string_view>

namespace pathology::proxycore::http1 {

/// What was being read.
enum class Kind { request, response };

/// A failure at `offset`, whose wrong line is `line`.
Failure describe(Errc code, Kind kind, std::uint64_t offset, std::string_view line, Limits const& limits);

/// The peer ended its side inside the head of which `bytes` are read; the last line, not whole, begins at `line`.
Failure describe_eof_in_head(Kind kind, std::string_view bytes, std::size_t line);

/// The peer ended its side inside a body; `length` is what Content-Length announced, nothing for a chunked one.
Failure describe_eof_in_body(Kind kind, std::uint64_t offset, std::uint64_t size, std::optional<std::uint64_t> length);

}  // namespace pathology::proxycore::http1
