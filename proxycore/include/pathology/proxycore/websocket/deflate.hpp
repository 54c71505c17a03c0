// permessage-deflate (RFC 7692): negotiation and compression.
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

/// The most bits of a window, which is the default of both.
inline constexpr unsigned widest_window = 15;

/// The four parameters (RFC 7692 §7.1). In an offer, client_max_window_bits = 15 only states that the client
/// supports the parameter; std::nullopt states that it does not.
struct DeflateParameters {
    bool server_no_context_takeover = false;  ///< the server resets its window after each message
    bool client_no_context_takeover = false;
    std::optional<unsigned> server_max_window_bits{};  ///< 8 to 15; std::nullopt = 15
    std::optional<unsigned> client_max_window_bits{};
    bool operator==(DeflateParameters const&) const = default;
};

/// Parses the parameters of one `permessage-deflate`. Returns std::nullopt for another extension, an unknown or
/// repeated parameter, or an invalid value.
std::optional<DeflateParameters> parse_deflate(Extension const& extension);

/// Returns the element of Sec-WebSocket-Extensions, for an offer or a response.
std::string to_string(DeflateParameters const& parameters);

/// For servers: returns the response to the first acceptable offer, limited by `wanted`. std::nullopt if there is none:
/// the connection then goes on without compression.
std::optional<DeflateParameters> accept_deflate(http::Fields const& request, DeflateParameters const& wanted = {});

/// For clients: returns the parameters that the server accepted out of `offered`; std::nullopt if it declined.
/// Errors: a sentence, if the response does not fit the offer; the client has to fail the connection (RFC 7692 §5.1).
boost::system::result<std::optional<DeflateParameters>, std::string> check_deflate_response(
    http::Fields const& response, DeflateParameters const& offered);

// --- compression -----------------------------------------------------------------------------------------------------

/// Compresses messages of one side.
/// Memory: about 260 KiB at 15 bits, from the first message until destruction.
class Deflater {
public:
    /// `sender` selects the window and the takeover of `agreed`. `level` is that of zlib, 1 (fast) to 9.
    Deflater(DeflateParameters const& agreed, Role sender, int level);
    ~Deflater();
    Deflater(Deflater&&) noexcept;
    Deflater& operator=(Deflater&&) noexcept;

    /// Appends the payload of a message with RSV1 (RFC 7692 §7.2.1).
    void compress(std::string_view message, std::string& out);
    /// The same in several calls: each appends what there is. The last piece is not empty, unless it is the only one.
    void compress(std::string_view piece, bool is_last, std::string& out);

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

    /// Appends the decompressed piece; too_large if `out` would become longer than `limit`.
    Status decompress(std::string_view piece, std::string& out, std::size_t limit);
    /// Ends the message and appends the rest of its output (RFC 7692 §7.2.2).
    Status finish(std::string& out, std::size_t limit);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pathology::proxycore::websocket
