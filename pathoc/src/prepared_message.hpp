// A message of a spec: checked once, crafted each time it is sent.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <pathology/language/ast.hpp>
#include <pathology/language/craft.hpp>
#include <pathology/language/plan.hpp>
#include <pathology/language/settings.hpp>
#include <string>
#include <string_view>

namespace pathology::pathoc {

/// When to report errors of a message that parses but cannot be sent, because of a file or a masking key.
enum class Checking {
    before_sending,  ///< before the first message
    when_sent,       ///< when it is its turn
};

/// A message ready to be sent once. Cheap to copy.
struct CraftedMessage {
    std::shared_ptr<language::Plan const> plan;
    std::uint64_t seed = 0;                   ///< for the Player
    std::shared_ptr<std::string const> spec;  ///< canonical, or frozen with everything that was added
    bool random = false;                      ///< another seed may give other bytes
    std::string_view note = {};               ///< too_large_note, if the spec is not frozen although it should be
    /// The Sec-WebSocket-Key of a `ws` request; std::nullopt if it is generated data.
    std::optional<std::string> websocket_key;

    /// Equal for messages that send the same bytes, if messages are frozen.
    std::string identity() const { return note.empty() || !random ? *spec : *spec + " " + std::to_string(seed); }
};

class PreparedMessage {
public:
    /// Crafts the message once, to find errors.
    /// Errors: those of language::craft().
    static language::Parsed<PreparedMessage> make(language::Message message, language::Settings settings,
                                                  language::Freezing freezing,
                                                  Checking checking = Checking::before_sending);

    /// The same seed gives the same bytes. A message without random values is crafted once, for HTTP/1 and for the
    /// first stream of HTTP/2; for other streams it is crafted each time, since its frames carry the stream identifier.
    language::Parsed<CraftedMessage> craft(std::uint64_t seed, std::uint32_t stream = 1) const;

    language::Message const& message() const { return message_; }

    std::uint64_t times() const { return times_; }

    /// The method, if the spec spells it out; else GET.
    std::string_view method() const { return method_; }

    /// Returns true if a response follows: of requests, and over HTTP/1 of bytes that no other bytes follow.
    bool has_response() const { return has_response_; }
    /// Other bytes follow in the same spec, and belong to the same request.
    void expect_more_bytes() { has_response_ = is_request(); }

    bool is_request() const { return std::holds_alternative<language::Request>(message_); }
    bool is_frame() const { return std::holds_alternative<language::Frame>(message_); }
    bool is_raw_frame() const { return std::holds_alternative<language::Http2Frame>(message_); }
    bool is_bytes() const { return std::holds_alternative<language::RawMessage>(message_); }
    bool is_handshake() const;  ///< a `ws` request

private:
    PreparedMessage(language::Message message, language::Settings settings, language::Freezing freezing);
    language::Parsed<CraftedMessage> craft_for(std::uint64_t seed, language::Settings const& settings) const;

    language::Message message_;
    language::Settings settings_;
    language::Freezing freezing_;
    std::uint64_t times_;
    bool has_response_;
    std::string method_;
    std::shared_ptr<std::string const> canonical_;
    CraftedMessage constant_;  // if nothing in the message is random
};

}  // namespace pathology::pathoc
