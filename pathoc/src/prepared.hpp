// A message of a spec, checked once and made ready for the wire each time it is sent.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <pathology/language/ast.hpp>
#include <pathology/language/plan.hpp>
#include <pathology/language/settings.hpp>
#include <string>
#include <string_view>

namespace pathology::pathoc {

/// How a message is told, and with it what is sent.
enum class Spelling {
    canonical,  ///< as written, in the canonical form
    frozen,     ///< every random part spelled out and every automatic one added; what is told is what is sent
};

/// When a message is refused that parses but cannot be sent, because of a file or a masking key.
enum class Checking {
    before_sending,  ///< with everything else, before the first byte
    when_sent,       ///< once it is its turn
};

/// One sending of a message. Cheap to copy.
struct Crafted {
    std::shared_ptr<language::Plan const> plan;
    std::uint64_t seed = 0;                   ///< for the player
    std::shared_ptr<std::string const> spec;  ///< as told
    bool random = false;                      ///< whether another seed may give other bytes
    /// The Sec-WebSocket-Key of a `ws` request, where that is no generated value.
    std::optional<std::string> websocket_key;
};

class Prepared {
public:
    /// Crafts a message once, so that whatever can be refused is refused now, or when it is sent.
    /// Errors: those of language::resolve, freeze and make_plan.
    static language::Parsed<Prepared> make(language::Message message, language::Settings settings, Spelling spelling,
                                           Checking checking = Checking::before_sending);

    /// The same seed gives the same bytes. A constant message is resolved and planned once; over HTTP/2 that holds for
    /// the first stream, and the others are planned each time.
    language::Parsed<Crafted> craft(std::uint64_t seed, std::uint32_t stream = 1) const;

    language::Message const& message() const { return message_; }

    std::uint64_t times() const { return times_; }

    /// The method, when the spec spells it out; GET otherwise.
    std::string_view method() const { return method_; }

    bool is_frame() const { return std::holds_alternative<language::Frame>(message_); }
    bool is_http2_frame() const;  ///< or a preface
    bool is_handshake() const;    ///< a `ws` request

private:
    Prepared(language::Message message, language::Settings settings, Spelling spelling);
    language::Parsed<Crafted> craft_anew(std::uint64_t seed, language::Settings const& settings) const;

    language::Message message_;
    language::Settings settings_;
    Spelling spelling_;
    std::uint64_t times_;
    std::string method_;
    bool random_;
    std::shared_ptr<std::string const> canonical_;
    Crafted constant_;  // of a message without chance
};

}  // namespace pathology::pathoc
