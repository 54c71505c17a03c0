// What filters are applied to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <pathology/proxycore/http/fields.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::filter {

enum class Protocol : std::uint8_t { http, tcp, udp, dns };

/// The request or the response of an exchange; of a message, its direction: `request` is from the client.
enum class Side : std::uint8_t { request, response };

/// Content without its coding.
struct Content {
    enum class State : std::uint8_t {
        missing,   ///< there is no such message, or its content was not kept
        whole,     ///< `bytes`, which may be empty
        too_long,  ///< for the limit that was given
    };
    State state = State::missing;
    std::string_view bytes{};
};

/// One message of a TCP connection or of a WebSocket.
struct Message {
    Side side = Side::request;
    std::string_view bytes{};
};

/// An exchange or a connection, as a filter sees it. A filter asks only for what its tests need. What a subject does not
/// have keeps its default here, so that a request without a response is a subject, too.
///
/// Views:   valid as long as the subject and its `buffer` are unchanged. A text that does not exist in one piece is
///          written to `buffer`, which is empty and has the capacity of earlier use, so that nothing is allocated.
/// Thread:  used by the one that calls Filter::matches().
class Subject {
public:
    virtual ~Subject() = default;

    virtual Protocol protocol() const = 0;
    /// HTTP that became a WebSocket.
    virtual bool is_websocket() const { return false; }

    // --- of a request; a protocol without requests has none of these ---
    virtual std::optional<std::string_view> method() const { return std::nullopt; }
    /// The host that the request goes to.
    virtual std::optional<std::string_view> host() const { return std::nullopt; }
    /// The host that the client named: of the Host field, or of `:authority`.
    virtual std::optional<std::string_view> pretty_host() const { return std::nullopt; }
    /// The whole URL with the host that the client named, without the default port of its scheme.
    virtual std::optional<std::string_view> pretty_url(std::string& /*buffer*/) const { return std::nullopt; }

    // --- of a request or a response ---
    virtual bool has_response() const { return false; }
    virtual std::optional<std::uint64_t> status() const { return std::nullopt; }
    /// The fields of the header section; nullptr if there is no such message.
    virtual http::Fields const* fields(Side /*side*/) const { return nullptr; }
    /// The content, of at most `max` bytes. Content that cannot be decoded is given as it is.
    virtual Content content(Side /*side*/, std::uint64_t /*max*/, std::string& /*buffer*/) const { return {}; }

    // --- of a connection ---
    virtual std::size_t message_count() const { return 0; }
    virtual Message message(std::size_t /*index*/) const { return {}; }
    /// `host:port` of the client.
    virtual std::optional<std::string_view> source(std::string& /*buffer*/) const { return std::nullopt; }
    /// `host:port` of the server.
    virtual std::optional<std::string_view> destination(std::string& /*buffer*/) const { return std::nullopt; }

    // --- of the record ---
    virtual bool has_error() const { return false; }
    virtual std::string_view marker() const { return {}; }  ///< empty if it is not marked
    virtual std::string_view comment() const { return {}; }
    virtual std::optional<Side> replayed() const { return std::nullopt; }
    /// Lines `key: value`, with LF between them.
    virtual std::string_view metadata(std::string& /*buffer*/) const { return {}; }
};

}  // namespace pathology::proxycore::filter
