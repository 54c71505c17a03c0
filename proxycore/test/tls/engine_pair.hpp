// Two engines connected in memory, and the certificates they show.
#pragma once

#include <cstddef>
#include <optional>
#include <pathology/proxycore/tls/authority.hpp>
#include <pathology/proxycore/tls/engine.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::tls::test {

inline constexpr std::size_t whole = std::size_t(-1);

/// An authority in memory, the same for all tests of the process.
Authority const& authority();

/// A certificate of that authority for these names.
Identity identity_for(std::vector<std::string> names);

/// One that was good until yesterday.
Identity expired_identity(std::string const& name);

/// One that nobody has signed but itself.
Identity self_signed_identity(std::string const& name);

/// Shows it to everybody.
IdentityChooser show(Identity identity);
/// Shows one for `origin.test`.
IdentityChooser show_origin();

/// A file with the authority's certificate, for the life of the process.
std::string trusted_file();

/// A client that verifies by that file.
ConnectSettings verifying();

/// One client and one server.
struct EnginePair {
    explicit EnginePair(AcceptSettings const& server_settings = {}, ConnectSettings const& client_settings = {},
                        ServerName const& name = ServerName::of("origin.test"),
                        IdentityChooser chooser = show_origin());

    /// Carries what is outgoing on both sides, at most `piece` bytes at a time, and goes on with both handshakes until
    /// none gets any further. True when both are done.
    bool handshake(std::size_t piece = whole);

    /// What `to` reads of what `from` writes, carried in pieces.
    std::string send(Engine& from, Engine& to, std::string_view text, std::size_t piece = whole);

    Engine client, server;
    Step client_step = Step::wants_input, server_step = Step::wants_input;
};

/// Carries what is outgoing; gives whether there was anything.
bool carry(Engine& from, Engine& to, std::size_t piece = whole);

/// Reads until more input is wanted or the connection ended.
std::string read_all(Engine& engine, Step* last = nullptr);

}  // namespace pathology::proxycore::tls::test
