// One answer as it is going to be sent: the plan, and what logs and people get to know of it.
#pragma once

#include <cstdint>
#include <pathology/language/http2.hpp>
#include <pathology/language/plan.hpp>
#include <pathology/language/settings.hpp>
#include <pathology/proxycore/record/exchange.hpp>
#include <span>
#include <string>
#include <vector>

namespace pathology::pathod {

/// One message of an answer by HTTP/2, and how often it is sent.
struct Http2Item {
    language::Plan plan;
    std::optional<language::Http2Parts> parts;  ///< where flow control may cut it
    std::uint64_t times = 1;
    bool obeys_windows = true;  ///< its content waits for flow control; raw frames do not
};

struct Rendition {
    language::Plan plan;                         ///< of an answer by HTTP/1
    std::vector<Http2Item> http2;                ///< of an answer by HTTP/2, in the order of the wire
    proxycore::record::RecordedResponse record;  ///< as far as it is known before it is sent
    std::string explained;                       ///< the frozen spelling, when asked for
    bool is_random = false;                      ///< another seed would give other bytes

    /// Bytes on the wire, of all messages.
    std::uint64_t length() const;
    /// An HTTP/2 answer that flow control may cut; null for one that has to be sent as it is.
    language::Http2Parts const* parts() const;
};

/// The seed of the Player for the message at this place of an answer.
std::uint64_t seed_of_item(std::uint64_t seed, std::size_t index);

struct RenderOptions {
    bool explain = false;       ///< spell out what is random; what is too large for that stays as it is
    bool without_body = false;  ///< what a HEAD request gets: nothing after the empty line (RFC 9110 §9.3.2)
};

/// Crafts the messages of a response, for the protocol that the settings name; by HTTP/1 there is one.
/// `seed` decides what is random; the Player of the plan gets the same one.
/// Errors: those of language::craft().
language::Parsed<Rendition> render(std::span<language::Message const> messages, language::Settings const& settings,
                                   RenderOptions options, std::uint64_t seed);
language::Parsed<Rendition> render(language::Message const& message, language::Settings const& settings,
                                   RenderOptions options, std::uint64_t seed);

}  // namespace pathology::pathod
