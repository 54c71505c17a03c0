#pragma once
// The tokens that say when something is done while a message is sent, with their times, rates and endings: pauses,
// rates, disconnects, injections, and waits for a place in the request.

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <pathology/language/token_info.hpp>
#include <pathology/language/values.hpp>
#include <string_view>

namespace pathology::language {

/// A time as it is written. More than max_seconds are as much as these.
struct PauseTime {
    static constexpr std::uint64_t max_seconds = 1'000'000'000;        // 31 years, and no overflow in any clock
    static constexpr std::uint64_t longest_with_fraction = 1'000'000;  // seconds; below, a double holds each nanosecond
    std::uint64_t seconds = 0;
    std::uint32_t nanoseconds = 0;  ///< in addition to the seconds; less than one second

    constexpr std::chrono::nanoseconds length() const {
        auto const whole = static_cast<std::int64_t>(seconds < max_seconds ? seconds : max_seconds);
        return std::chrono::seconds(whole) + std::chrono::nanoseconds(nanoseconds);
    }
    friend auto operator<=>(PauseTime const&, PauseTime const&) = default;
};

/// `p10,2`, `p10,500ms`, `p10,1-3` or `pr,f`: stop sending for a time.
struct PauseAt {
    static constexpr TokenInfo info{.letter = "p", .allowed = in::any};
    Offset at;
    std::optional<PauseTime> time;     ///< std::nullopt: for ever
    std::optional<PauseTime> longest;  ///< of a range that begins with `time`; resolve() draws a time of it

    friend bool operator==(PauseAt const&, PauseAt const&) = default;
};

/// `1k` a second, evenly; `10/0.1s`: so many bytes at once, each time.
struct Rate {
    std::uint64_t count = 0;  ///< at least one
    SizeUnit unit = SizeUnit::b;
    std::optional<PauseTime> each;  ///< 0: pieces of that size without a pause

    constexpr std::uint64_t bytes() const { return count << (10U * static_cast<unsigned>(unit)); }
    friend bool operator==(Rate const&, Rate const&) = default;
};

/// `t10,1k`, `ta-5,1/0` or `t20,full`: send at a rate from there on.
struct RateFrom {
    static constexpr TokenInfo info{.letter = "t", .allowed = in::any};
    Offset at;
    std::optional<Rate> rate;  ///< std::nullopt: as fast as possible

    friend bool operator==(RateFrom const&, RateFrom const&) = default;
};

/// How a message ends its connection.
enum class Ending : std::uint8_t {
    fin,    ///< in an orderly way: with TLS close_notify, then FIN
    reset,  ///< RST, once the peer's system has all bytes before it
    half,   ///< as fin, but the bytes of the peer are read until it ends its side
    cut,    ///< FIN without close_notify (a truncation attack, RFC 8446 §6.1); without TLS the same as fin
    hold,   ///< nothing is sent, read or closed until the peer ends the connection
};

/// The words of the endings, in the order of Ending.
inline constexpr std::array<std::string_view, 5> ending_names = {"fin", "rst", "half", "cut", "hold"};

/// `d10`, `d10,rst`: end the connection.
struct DisconnectAt {
    static constexpr TokenInfo info{.letter = "d", .allowed = in::any, .exclusive = "disconnect"};
    Offset at;
    Ending how = Ending::fin;

    friend bool operator==(DisconnectAt const&, DisconnectAt const&) = default;
};

/// `i10,'x'`: send extra bytes that the rest of the message does not count.
struct InjectAt {
    static constexpr TokenInfo info{.letter = "i", .allowed = in::any};
    Offset at;
    Value value;

    friend bool operator==(InjectAt const&, InjectAt const&) = default;
};

/// `whead`, `wbody+1000`, `wa,1k`: the message is sent when so much of the request has been read.
struct WaitFor {
    static constexpr TokenInfo info{
        .letter = "w", .allowed = in::response | in::raw_response, .exclusive = "place in the request"};
    Offset until;              ///< in the request: an end, a head, or a place behind the beginning of the body
    std::optional<Rate> rate;  ///< at which the request is read; std::nullopt: as fast as it comes

    friend bool operator==(WaitFor const&, WaitFor const&) = default;
};

}  // namespace pathology::language
