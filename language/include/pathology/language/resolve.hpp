#pragma once
// AST → AST with nothing left to add (resolve) and nothing left to chance (freeze).

#include <pathology/language/ast.hpp>
#include <pathology/language/rng.hpp>
#include <pathology/language/settings.hpp>
#include <pathology/proxycore/record/exchange.hpp>

namespace pathology::language {

/// Adds what the original adds (Content-Length, Host, WebSocket handshake fields, mask and key), turns `r` and `a`
/// offsets into numbers, drops `xN`, and checks what the grammar cannot: key lengths, handshakes, and the files whose
/// size or bytes are needed; make_plan() opens the others.
///
/// Shape:  given features first, in order, then added ones: handshake fields, Content-Length, Host; mask, key.
///         Generated values stay generators. Resolving twice changes nothing.
/// Errors: SpecErrc::{file_access, needs_handshake, bad_key, out_of_range, wrong_protocol}.
Parsed<Message> resolve(Message const& message, Settings const& settings, Rng& rng);

/// Replaces every generated value of a resolved message by the literal that a Player with this seed sends, also in
/// nested specs. The printed message then replays byte for byte.
///
/// Errors: SpecErrc::too_large above Settings::freeze_limit; those of resolve() in nested specs.
Parsed<Message> freeze(Message const& resolved, Settings const& settings, std::uint64_t seed);

/// Returns true if two resolve() calls of this message may differ: random offsets, automatic keys.
bool resolves_randomly(Message const& message, Settings const& settings);

/// Returns true if a message sends generated data.
bool has_generated_data(Message const& message);

/// Returns true if a message keeps its peer waiting: by a pause, a rate with times, or an ending that holds the connection.
bool pauses(Message const& message);

/// Returns true if a message sends the content of files, which may change between two plans.
bool loads_files(Message const& message);

/// Fills in the members of `record` that describe the head of a resolved response: status_code, reason, version, headers
/// and header_count. A line that is sent several times is as often in headers, up to a limit. A value is given as the
/// bytes that the spec holds; generated data and files are given in their spelling: `@9,digits`, `<'file'`. What the spec
/// leaves to the protocol stays as it is in `record`.
void record_head(Response const& resolved, Protocol protocol, proxycore::record::RecordedResponse& record);

}  // namespace pathology::language
