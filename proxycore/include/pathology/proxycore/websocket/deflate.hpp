// permessage-deflate (RFC 7692): what two sides agree on, and the compression itself.
#pragma once
#include <boost/system/result.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <pathology/proxycore/http/fields.hpp>
#include <pathology/proxycore/websocket/extension.hpp>
#include <pathology/proxycore/websocket/frame_reader.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::websocket {

// --- negotiation -----------------------------------------------------------------------------------------------------

/// The four parameters (RFC 7692 §7.1). In an offer a window of 15 bits for the client says only that the client knows
/// the parameter; nothing says that it does not.
struct DeflateParameters {
    bool server_no_context_takeover = false;  ///< the server forgets its window after each message
    bool client_no_context_takeover = false;
    std::optional<unsigned> server_max_window_bits{};  ///< 8 to 15; nothing = 15
    std::optional<unsigned> client_max_window_bits{};
    bool operator==(DeflateParameters const&) const = default;
};

/// Reads the parameters of one `permessage-deflate`; nothing for another extension, an unknown or repeated parameter,
/// or a value that is not allowed.
std::optional<DeflateParameters> parse_deflate(Extension const& extension);

/// As an element of Sec-WebSocket-Extensions, of an offer or an answer.
std::string to_string(DeflateParameters const& parameters);

/// For servers: the answer to the first offer that can be accepted, made no wider than `wanted`. Nothing when there is
/// none, and then the conversation goes on without compression.
std::optional<DeflateParameters> accept_deflate(http::Fields const& request, DeflateParameters const& wanted = {});

/// For clients: what the server's answer makes of `offered`; nothing when it declined.
/// Errors: a sentence, when the answer is none to this offer; the connection is to be failed then (RFC 7692 §5.1).
boost::system::result<std::optional<DeflateParameters>, std::string> check_deflate_answer(
    http::Fields const& response, DeflateParameters const& offered);

// --- compression -----------------------------------------------------------------------------------------------------

/// Compresses messages of one side.
/// Memory: about 260 KiB at 15 bits from the first message on; it keeps them.
class Deflater {
public:
    /// `sender` picks its window and takeover out of the agreement. `level` is zlib's, 1 (fast) to 9.
    Deflater(DeflateParameters const& agreed, Role sender, int level);
    ~Deflater();
    Deflater(Deflater&&) noexcept;
    Deflater& operator=(Deflater&&) noexcept;

    /// Appends the payload of a message with RSV1 (RFC 7692 §7.2.1).
    void compress(std::string_view message, std::string& out);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Decompresses messages of the other side, piece by piece.
/// Memory: about 40 KiB at 15 bits from the first message on.
class Inflater {
public:
    enum class Status { ok, corrupt, too_large };

    Inflater(DeflateParameters const& agreed, Role sender);
    ~Inflater();
    Inflater(Inflater&&) noexcept;
    Inflater& operator=(Inflater&&) noexcept;

    /// Appends what the piece gives; too_large when `out` would become longer than `limit`.
    Status decompress(std::string_view piece, std::string& out, std::size_t limit);
    /// The message has come to its end: appends what is left of it (RFC 7692 §7.2.2).
    Status finish(std::string& out, std::size_t limit);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pathology::proxycore::websocket
