// A message of a spec, checked once and made ready for the wire each time it is sent.
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

/// When a message is refused that parses but cannot be sent, because of a file or a masking key.
enum class Checking {
    before_sending,  ///< with everything else, before the first byte
    when_sent,       ///< once it is its turn
};

/// One sending of a message. Cheap to copy.
struct Sending {
    std::shared_ptr<language::Plan const> plan;
    std::uint64_t seed = 0;                   ///< for the player
    std::shared_ptr<std::string const> spec;  ///< canonical as written, or frozen with all that was added
    bool random = false;                      ///< whether another seed may give other bytes
    /// The Sec-WebSocket-Key of a `ws` request, where that is no generated value.
    std::optional<std::string> websocket_key;
};

class Prepared {
public:
    /// Crafts a message once, so that whatever can be refused is refused now, or when it is sent.
    /// Errors: those of language::craft().
    static language::Parsed<Prepared> make(language::Message message, language::Settings settings,
                                           language::Freezing freezing, Checking checking = Checking::before_sending);

    /// The same seed gives the same bytes. A constant message is crafted once; over HTTP/2 that holds for
    /// the first stream, and the others are planned each time.
    language::Parsed<Sending> craft(std::uint64_t seed, std::uint32_t stream = 1) const;

    language::Message const& message() const { return message_; }

    std::uint64_t times() const { return times_; }

    /// The method, when the spec spells it out; GET otherwise.
    std::string_view method() const { return method_; }

    /// Whether it awaits a reply; frames of either kind and prefaces do not.
    bool is_request() const { return std::holds_alternative<language::Request>(message_); }
    bool is_frame() const { return std::holds_alternative<language::Frame>(message_); }
    bool is_handshake() const;  ///< a `ws` request

private:
    Prepared(language::Message message, language::Settings settings, language::Freezing freezing);
    language::Parsed<Sending> craft_for(std::uint64_t seed, language::Settings const& settings) const;

    language::Message message_;
    language::Settings settings_;
    language::Freezing freezing_;
    std::uint64_t times_;
    std::string method_;
    std::shared_ptr<std::string const> canonical_;
    Sending constant_;  // of a message without chance
};

}  // namespace pathology::pathoc
