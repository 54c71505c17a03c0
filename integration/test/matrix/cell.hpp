// The axes of the matrix, and a cell of it: one value of each.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::integration::matrix {

enum class Mode { regular, transparent, reverse, upstream, socks5, multiupstream, forwarder };
enum class Route { direct, http, https, socks5, chain };
enum class Http { h1, h2 };
enum class Security { plain, tls };
enum class Exchange {
    small,
    large,  ///< streamed
    chunked,
    trailers,
    interim,  ///< a 1xx before the response
    upload,
    early,  ///< a response before the upload has ended
    events,
    ws_text,
    ws_binary,
    ws_fragmented,
    ws_deflate,
    ws_close,  ///< with codes and reasons, begun by the server
    tcp,
    error_before,
    error_middle,
    error_after
};
enum class Fault { none, stall, reset, half_close, cut, truncate, garbage };
enum class Addon { none, edits, responds, holds };

/// The names of an axis and of its values, in the order of the enumerators.
struct Axis {
    std::string_view name;
    std::vector<std::string_view> values;
};
inline constexpr std::size_t axis_count = 8;
std::array<Axis, axis_count> const& axes();

/// `regular/direct/h1/tls/h1/small/none/none`.
struct Cell {
    std::array<std::size_t, axis_count> values{};

    Mode mode() const { return Mode(values[0]); }
    Route route() const { return Route(values[1]); }
    Http client() const { return Http(values[2]); }
    Security security() const { return Security(values[3]); }
    Http server() const { return Http(values[4]); }
    Exchange exchange() const { return Exchange(values[5]); }
    Fault fault() const { return Fault(values[6]); }
    Addon addon() const { return Addon(values[7]); }

    bool is_tls() const { return security() == Security::tls; }
    bool is_core() const { return fault() == Fault::none && addon() == Addon::none; }
    auto operator<=>(Cell const&) const = default;
};

bool is_websocket(Exchange exchange);
/// Ends by itself: what the others do by a fault.
bool is_error(Exchange exchange);

std::string to_string(Cell const& cell);
/// std::nullopt: the text names no cell.
std::optional<Cell> parse_cell(std::string_view text);
/// All cells, possible or not, in the order of the axes.
void for_each_cell(std::function<void(Cell const&)> const& visit);

/// Why a cell cannot be; std::nullopt: it can.
std::optional<std::string> why_impossible(Cell const& cell);
/// By which fault of the proxy a cell fails; std::nullopt: by none that is known.
std::optional<std::string> known_fault(Cell const& cell);

}  // namespace pathology::integration::matrix
