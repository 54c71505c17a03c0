// Specs of responses that are parsed once and served many times.
#pragma once

#include <memory>
#include <optional>
#include <pathology/language/failure.hpp>
#include <pathology/language/settings.hpp>
#include <pathology/proxycore/recently_used.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rendered_response.hpp"

namespace pathology::pathod {

/// A parsed response, and its rendered if every request gets the same. Immutable; threads may share it.
class PreparedSpec {
public:
    /// Parses a spec: one or more messages. It is resolved and planned here, once, unless the
    /// result depends on the request, on a file, or on random values.
    /// Errors: those of parsing, and those of resolving that every request would meet.
    static language::Parsed<std::shared_ptr<PreparedSpec const>> read(std::string spec,
                                                                      language::Settings const& settings, bool explain);
    /// The same for a message that is parsed already.
    static language::Parsed<std::shared_ptr<PreparedSpec const>> of(language::Message message,
                                                                    language::Settings const& settings, bool explain,
                                                                    std::string spec = {});

    std::span<language::Message const> messages() const { return messages_; }
    std::string const& spec() const { return spec_; }
    /// `crafting spec: SPEC` in canonical spelling, with its newline.
    std::string const& line() const { return line_; }
    /// The response for every request; nullptr if it has to be rendered for each request.
    RenderedResponse const* constant() const { return constant_ ? &*constant_ : nullptr; }

    bool pauses() const { return pauses_; }
    /// Returns true if a message names its place in the request (`w`).
    bool waits() const { return waits_; }
    /// Returns true if it completes a WebSocket handshake, so that the connection changes to WebSocket after it.
    bool is_websocket() const;

private:
    PreparedSpec(std::vector<language::Message> messages, std::string spec);
    static language::Parsed<std::shared_ptr<PreparedSpec const>> make(std::vector<language::Message> messages,
                                                                      language::Settings const& settings, bool explain,
                                                                      std::string spec);

    std::vector<language::Message> messages_;
    std::string spec_, line_;
    std::optional<RenderedResponse> constant_;
    bool pauses_ = false;
    bool waits_ = false;
};

using PreparedSpecPtr = std::shared_ptr<PreparedSpec const>;

/// The most recently used specs of crafting paths, by their spelling in the URL, so that a client that repeats a
/// request does not have its spec parsed again. The least recently used one is dropped first.
class SpecCache {
public:
    static constexpr std::size_t max_key = 4096;

    explicit SpecCache(std::size_t capacity = 256) : entries_(capacity) {}

    /// nullptr if there is none.
    PreparedSpecPtr find(std::string_view key) {
        auto const* const found = entries_.find(key);
        return found != nullptr ? *found : nullptr;
    }
    /// Keeps a spec, unless its key is longer than max_key or known.
    void keep(std::string_view key, PreparedSpecPtr prepared) {
        if (key.size() <= max_key && !find(key)) entries_.keep(std::string(key), std::move(prepared));
    }
    std::size_t size() const { return entries_.size(); }

private:
    proxycore::RecentlyUsed<PreparedSpecPtr> entries_;
};

}  // namespace pathology::pathod
