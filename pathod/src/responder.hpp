// From a request to the answer it gets. Knows no connection, so that every rule can be tested as a table.
//
//   path ──▶ anchor? ──▶ crafting prefix and a spec? ──▶ WebSocket handshake? ──▶ not found
//               │                  │                            │
//               └────────┬─────────┴────────────────────────────┘
//                        ▼
//               allowed by the options? ── no ──▶ 800, and the connection ends
//                        │ yes
//                        ▼
//                    rendition
#pragma once

#include <optional>
#include <pathology/pathod/options.hpp>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/websocket/deflate.hpp>
#include <string>
#include <string_view>

#include "anchors.hpp"
#include "craft_cache.hpp"
#include "refusal.hpp"

namespace pathology::pathod {

/// Whose answer it is.
enum class Standing {
    crafted,  ///< a spec's
    notice,   ///< pathod's own: not found, no spec. Options forbid it nothing
    refusal,  ///< pathod's own, because of the options. The connection ends after it
};

/// What one request gets.
struct Answer {
    PreparedPtr prepared;          ///< what was asked for; lives as long as the answer
    std::optional<Rendition> own;  ///< rendered for this request alone
    std::string trouble;           ///< why it was refused or does not parse; one line without its end, or empty
    std::uint64_t seed = 0;        ///< for the Player
    Standing standing = Standing::crafted;
    std::optional<proxycore::websocket::DeflateParameters> deflate;  ///< agreed on in a handshake of our own

    Rendition const& rendition() const { return own ? *own : *prepared->constant(); }
};

/// The settings that resolve and read specs for a daemon with these options.
language::Settings settings_of(DaemonOptions const& options);

/// Answers the requests of one worker.
/// Owns: its cache of crafted specs; options and anchors must outlive it.
class Responder {
public:
    Responder(DaemonOptions const& options, Anchors const& anchors,
              language::Protocol protocol = language::Protocol::http1);

    /// Where the next answer goes in an HTTP/2 connection.
    void set_place(std::uint32_t stream, std::uint32_t header_table_size);

    /// `path` is that of the request's target, with its query. `seed` decides what is random.
    Answer answer(proxycore::http::RequestHead const& request, std::string_view path, std::uint64_t seed);

    /// What the options forbid about an answer.
    std::optional<Refusal> check(bool pauses, Rendition const& rendition) const;
    language::Settings const& settings() const { return settings_; }

private:
    struct Choice {
        PreparedPtr prepared;
        Standing standing = Standing::crafted;
        std::string trouble = {};
        std::optional<proxycore::websocket::DeflateParameters> deflate = std::nullopt;
    };

    Choice choose(proxycore::http::RequestHead const& request, std::string_view path);
    Choice choose(Anchors::Anchor const& anchor);
    Choice craft(std::string_view encoded);
    Choice greet(proxycore::http::RequestHead const& request);
    Choice failure_of(language::SpecFailure const& failure, std::string_view spec);
    Choice refuse(Refusal refusal, std::string_view details = {});
    PreparedPtr prepare(language::Message message);
    bool has_small_table() const;
    void render_for(proxycore::http::RequestHead const& request, Answer& answer);
    void replace(Answer& answer, Choice choice);

    DaemonOptions const& options_;
    Anchors const& anchors_;
    language::Settings settings_;
    CraftCache cache_;
    PreparedPtr not_found_, websocket_;
};

}  // namespace pathology::pathod
