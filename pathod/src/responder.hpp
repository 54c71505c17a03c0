// Chooses the response to a request. Independent of connections, so tests need none.
//
//   request ──▶ anchor? ──▶ crafting prefix and a spec? ──▶ WebSocket handshake? ──▶ not found
//               │                  │                            │
//               └────────┬─────────┴────────────────────────────┘
//                        ▼
//               allowed by the options? ── no ──▶ 800, and the connection is closed
//                        │ yes
//                        ▼
//                 OutgoingResponse
#pragma once

#include <optional>
#include <pathology/pathod/options.hpp>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/http2/hpack.hpp>
#include <pathology/proxycore/websocket/deflate.hpp>
#include <string>
#include <string_view>

#include "anchors.hpp"
#include "builtin_responses.hpp"
#include "prepared_spec.hpp"
#include "request_subject.hpp"

namespace pathology::pathod {

/// Where a response comes from.
enum class ResponseOrigin {
    spec,     ///< a spec, in a path or of an anchor
    builtin,  ///< of pathod itself: not found, a spec that does not parse. The policy does not apply to it
    policy,   ///< of pathod itself: the options do not allow the spec or the request. The connection is closed after it
};

/// The response to one request.
struct OutgoingResponse {
    PreparedSpecPtr prepared;                  ///< valid as long as this object
    std::optional<RenderedResponse> rendered;  ///< made for this request alone; std::nullopt: use the constant one
    /// Which alternative of an anchor it is, and why; nullptr if there was no choice.
    std::shared_ptr<proxycore::record::RecordedChoice const> choice;
    std::string error;       ///< why it is not the requested one; a line without its newline, or empty
    std::uint64_t seed = 0;  ///< for the Player
    ResponseOrigin origin = ResponseOrigin::spec;
    std::optional<proxycore::websocket::DeflateParameters> deflate;  ///< negotiated by a handshake of the echo

    RenderedResponse const& rendered_response() const { return rendered ? *rendered : *prepared->constant(); }
};

/// Where a response goes in an HTTP/2 connection, and the size of the peer's header table.
struct Http2Position {
    std::uint32_t stream = 1;
    std::uint32_t header_table_size = proxycore::http2::default_header_table_size;
};

/// What a response depends on besides the head of the request.
struct ResponseContext {
    std::uint64_t seed = 0;         ///< decides everything random of its messages
    Http2Position position = {};    ///< for HTTP/2 alone
    RequestDetails details = {};    ///< for the filters of anchors
    std::uint64_t run_seed = 0;     ///< decides between alternatives by chance
    std::uint64_t connection = 0;   ///< its number
    ConnectionCounts* counts = {};  ///< of the connection
};

/// The settings for specs of a daemon with these options.
language::Settings settings_of(DaemonOptions const& options);
/// What its anchors are read for.
AnchorOptions anchor_options(DaemonOptions const& options);

/// Chooses the responses of one worker for one protocol.
/// Owns: a cache of specs. Options and anchors must outlive it.
class Responder {
public:
    Responder(DaemonOptions const& options, Anchors const& anchors,
              language::Protocol protocol = language::Protocol::http1);

    /// `path` is the path of the request's target with its query.
    OutgoingResponse respond(proxycore::http::RequestHead const& request, std::string_view path,
                             ResponseContext const& context);

    /// Returns true if the response names its place in the request, so that it is chosen when the head was read.
    bool waits(proxycore::http::RequestHead const& request, std::string_view path, ResponseContext const& context);

    /// A message to a client that has sent nothing.
    OutgoingResponse respond_unasked(PreparedSpecPtr prepared, std::uint64_t seed);

    /// The response to a request that --strict refuses. `request` is its head as far as it is known.
    OutgoingResponse reject(proxycore::http::RequestHead const& request, Rejection const& rejection,
                            ResponseContext const& context);

    /// Returns how a response violates the options; std::nullopt if it is allowed.
    std::optional<PolicyViolation> check_policy(bool pauses, RenderedResponse const& rendered) const;
    language::Settings const& settings() const { return settings_; }

private:
    struct Selection {
        PreparedSpecPtr prepared;
        ResponseOrigin origin = ResponseOrigin::spec;
        std::string error = {};
        std::optional<proxycore::websocket::DeflateParameters> deflate = std::nullopt;
        std::shared_ptr<proxycore::record::RecordedChoice const> choice = nullptr;
        bool is_matched = true;  ///< see ChosenResponse
    };

    Selection select(proxycore::http::RequestHead const& request, IncomingRequest const& incoming,
                     ResponseContext const& context);
    Anchors::Result<AlternativeChoice> find_anchor(IncomingRequest const& request,
                                                   ResponseContext const& context) const;
    bool may_wait(Alternatives const& alternatives) const;
    std::optional<std::string_view> crafted_part(std::string_view path) const;
    Selection select_alternative(AlternativeChoice choice, IncomingRequest const& incoming);
    Selection select_computed(SpecFunction const& function, IncomingRequest const& incoming);
    Selection select_crafted(std::string_view encoded);
    std::optional<Selection> refuse_handshake(proxycore::http::RequestHead const& request);
    Selection select_echo_handshake(proxycore::http::RequestHead const& request);
    Selection select_error(language::SpecFailure const& failure, std::string_view spec);
    language::SpecFailure explain_protocol(language::SpecFailure failure, std::string const& spec) const;
    Selection reject(PolicyViolation violation, std::string_view details = {});
    PreparedSpecPtr prepare(language::Message message);
    bool is_constant_for(proxycore::http::RequestHead const& request, PreparedSpec const& prepared,
                         Http2Position position) const;
    void render_for(proxycore::http::RequestHead const& request, OutgoingResponse& response, Http2Position position);
    static void assign(OutgoingResponse& response, Selection selection);

    DaemonOptions const& options_;
    Anchors const& anchors_;
    language::Settings settings_;
    SpecCache cache_;
    PreparedSpecPtr websocket_;
};

}  // namespace pathology::pathod
