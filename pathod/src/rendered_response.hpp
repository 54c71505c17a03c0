// A response that is ready to be sent: the plans of its messages, and its record for the log.
#pragma once

#include <cstdint>
#include <pathology/language/http2.hpp>
#include <pathology/language/message_order.hpp>
#include <pathology/language/plan.hpp>
#include <pathology/language/settings.hpp>
#include <pathology/proxycore/record/exchange.hpp>
#include <span>
#include <string>
#include <vector>

namespace pathology::pathod {

/// One message of a response. If it is sent several times, it has the same bytes each time.
struct RenderedMessage {
    language::Plan plan;
    std::optional<language::Http2Parts> parts;  ///< of HTTP/2, if flow control may cut it
    std::optional<language::WaitFor> wait;      ///< when it is sent; std::nullopt: after the whole request
    bool obeys_windows = true;                  ///< over HTTP/2 its content waits for flow control; raw frames do not
};

struct RenderedResponse {
    std::vector<RenderedMessage> messages;
    std::vector<language::Repetition> repetitions;  ///< of each message
    proxycore::record::RecordedResponse record;     ///< the part that is known before sending
    std::string explained;                          ///< the frozen spec, if requested
    bool is_random = false;                         ///< another seed would give other bytes

    /// Bytes on the wire, of all messages.
    std::uint64_t length() const;
    /// Whether sending it takes time.
    bool pauses() const;
    /// The only message, sent once; nullptr if there is none or more.
    RenderedMessage const* only_message() const;
    /// The parts of an HTTP/2 response that flow control may cut; nullptr if it has to be sent as crafted.
    language::Http2Parts const* parts() const;
};

/// The seed of the Player for the message at `index` of a response.
std::uint64_t seed_of_item(std::uint64_t seed, std::size_t index);

struct RenderOptions {
    bool explain = false;       ///< freeze random data; data above the limit stays as it is
    bool without_body = false;  ///< for HEAD: the spec's body is not sent (RFC 9110 §9.3.2)
};

/// Crafts the messages of a response for the protocol of the settings. `seed` determines the random data; the Player of
/// a plan needs that of its item.
/// Errors: those of language::craft().
language::Parsed<RenderedResponse> render(std::span<language::Message const> messages,
                                          language::Settings const& settings, RenderOptions options,
                                          std::uint64_t seed);
language::Parsed<RenderedResponse> render(language::Message const& message, language::Settings const& settings,
                                          RenderOptions options, std::uint64_t seed);

}  // namespace pathology::pathod
