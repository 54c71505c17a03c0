// A spec that was read once and is served again and again.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rendition.hpp"

namespace pathology::pathod {

/// A parsed answer, with all of it that does not change from request to request. Immutable; threads may share it.
class Prepared {
public:
    /// Parses a spec, of one message for HTTP/1 and of any number for HTTP/2. When nothing in it asks for the request,
    /// a file or chance at the time it is resolved, it is resolved and planned here, for good. Errors: those of
    /// parsing, and those of resolving that every request would meet.
    static language::Parsed<std::shared_ptr<Prepared const>> read(std::string spec, language::Settings const& settings,
                                                                  bool explain);
    /// The same for a message that needs no parsing.
    static language::Parsed<std::shared_ptr<Prepared const>> of(language::Message message,
                                                                language::Settings const& settings, bool explain,
                                                                std::string spec = {});

    std::span<language::Message const> messages() const { return messages_; }
    std::string const& spec() const { return spec_; }
    /// `crafting spec: SPEC` in canonical spelling, a whole line.
    std::string const& line() const { return line_; }
    /// What every request gets; nothing when it must be rendered anew for each.
    Rendition const* constant() const { return constant_ ? &*constant_ : nullptr; }

    bool pauses() const { return pauses_; }
    /// Whether it answers a WebSocket handshake, after which the connection speaks that protocol.
    bool is_websocket() const;

private:
    Prepared(std::vector<language::Message> messages, std::string spec);
    static language::Parsed<std::shared_ptr<Prepared const>> make(std::vector<language::Message> messages,
                                                                  language::Settings const& settings, bool explain,
                                                                  std::string spec);

    std::vector<language::Message> messages_;
    std::string spec_, line_;
    std::optional<Rendition> constant_;
    bool pauses_ = false;
};

using PreparedPtr = std::shared_ptr<Prepared const>;

}  // namespace pathology::pathod
