#include "support/random_message.hpp"

#include <array>
#include <pathology/language/print.hpp>
#include <pathology/language/tables.hpp>
#include <pathology/proxycore/http2/names.hpp>
#include <set>
#include <sstream>

namespace pathology::language::test {
namespace {

namespace http2 = proxycore::http2;

}  // namespace

std::string RandomMessages::bytes(std::uint64_t max_count) {
    static constexpr std::string_view tricky = "\\'\"<@:,=#+ \t\r\n\xff";
    std::string text(rng_.below(max_count + 1), '\0');
    for (char& c : text) {
        switch (rng_.below(3)) {
            case 0: c = tricky[rng_.below(tricky.size())]; break;
            case 1: c = static_cast<char>(rng_.below(256)); break;
            default: c = static_cast<char>('a' + rng_.below(26)); break;
        }
    }
    return text;
}

std::string RandomMessages::digits() {
    std::string text(1 + rng_.below(4), '\0');
    for (char& c : text) c = static_cast<char>('0' + rng_.below(10));
    return text;
}

Value RandomMessages::quoted_value() {
    if ((options_.files || (options_.nested_files && is_nested_)) && maybe(6)) {
        auto path = bytes(6);
        for (char& c : path) {
            if (static_cast<unsigned char>(c) > 126 || c == '\'') c = '/';
        }
        return FileValue{std::move(path)};
    }
    if (!maybe(3)) return Literal{bytes(12), false};
    Generated generated{rng_.below(40), SizeUnit::b, static_cast<DataType>(rng_.below(10))};
    if (options_.huge_sizes && maybe(2)) {
        auto const unit = rng_.below(5);
        generated.unit = static_cast<SizeUnit>(unit);
        generated.count = rng_() >> (10 * unit);
    }
    return generated;
}

Value RandomMessages::any_value() {
    static constexpr std::string_view words[] = {"none", "NoNe!", "sv1", "sv2x", "get", "Getter", "post", "<", "<x"};
    if (maybe(8)) return Literal{std::string(words[rng_.below(std::size(words))]), true};
    if (auto word = bytes(8); !word.empty() && maybe(3)) return Literal{std::move(word), true};
    return quoted_value();
}

Offset RandomMessages::offset() {
    if (maybe(4)) return {Offset::Kind::random, 0};
    auto const shift = maybe(2) ? 0 : static_cast<std::int64_t>(rng_.below(40)) - 20;
    if (maybe(4)) return {Offset::Kind::end, 0, shift};
    if (maybe(6)) return {maybe(2) ? Offset::Kind::head : Offset::Kind::body, 0, shift};
    if (maybe(12)) return maybe(2) ? Offset{Offset::Kind::chunk, 1, shift} : Offset{Offset::Kind::trailer, 0, shift};
    if (options_.http2 && maybe(10)) return {Offset::Kind::frame, 1, shift};
    return {Offset::Kind::number, options_.huge_sizes && maybe(4) ? rng_() : rng_.below(150)};
}

/// Of something that is repeated in a message.
std::uint64_t RandomMessages::count() { return maybe(4) ? 1 + rng_.below(5) : 1; }

PauseTime RandomMessages::time() {
    PauseTime time{rng_.below(100)};
    if (maybe(3)) time.nanoseconds = static_cast<std::uint32_t>(rng_.below(1'000'000'000));
    return time;
}

Rate RandomMessages::rate() {
    Rate rate{1 + rng_.below(100), static_cast<SizeUnit>(rng_.below(5)), {}};
    if (maybe(2)) rate.each = maybe(4) ? PauseTime{} : time();
    return rate;
}

/// Behind the beginning of a body.
std::int64_t RandomMessages::distance() {
    if (maybe(3)) return 0;
    return static_cast<std::int64_t>(options_.huge_sizes && maybe(2) ? rng_() >> 1U : rng_.below(100));
}

// --- tokens ----------------------------------------------------------------------------------------------------------

/// Draws a token of a type. A token that is a letter and a value needs nothing here, every other one an overload.
struct RandomMessages::TokenMaker {
    RandomMessages& random;

    template <class Token> using Of = std::type_identity<Token>;

    template <ValueToken Token> Token operator()(Of<Token> /*token*/) const { return {random.any_value()}; }
    Header operator()(Of<Header> /*token*/) const {
        return {random.quoted_value(), random.quoted_value(), random.count()};
    }
    Trailer operator()(Of<Trailer> /*token*/) const {
        return {random.quoted_value(), random.quoted_value(), random.count()};
    }
    Chunk operator()(Of<Chunk> /*token*/) const {
        Chunk chunk{.data = random.quoted_value(), .count = random.count()};
        if (random.maybe(4)) chunk.size_line = random.quoted_value();
        if (random.maybe(4)) chunk.end = random.quoted_value();
        return chunk;
    }
    WaitFor operator()(Of<WaitFor> /*token*/) const {
        WaitFor wait{.until = {Offset::Kind::end}, .rate = std::nullopt};
        if (random.maybe(3)) wait.until = {Offset::Kind::head};
        if (random.maybe(2)) wait.until = {Offset::Kind::body, 0, random.distance()};
        if (random.maybe(2)) wait.rate = random.rate();
        return wait;
    }
    GroupEnd operator()(Of<GroupEnd> /*token*/) const { return {}; }
    UserAgent operator()(Of<UserAgent> /*token*/) const {
        auto const known = known_user_agents()[random.rng_.below(known_user_agents().size())];
        if (random.maybe(3)) return {UserAgent::Shortcut{std::string(known.name)}};
        if (random.maybe(3)) return {UserAgent::Shortcut{std::string(1, known.shortcut)}};
        return {random.quoted_value()};
    }
    Raw operator()(Of<Raw> /*token*/) const { return {}; }
    NestedResponse operator()(Of<NestedResponse> /*token*/) const {
        return {print(random.nested(&RandomMessages::response))};
    }
    Opcode operator()(Of<Opcode> /*token*/) const {
        static constexpr std::string_view names[] = {"continue", "text", "binary", "close", "ping", "pong"};
        static constexpr std::uint8_t numbers[] = {0, 1, 2, 8, 9, 10};
        auto const i = random.rng_.below(16);
        if (random.maybe(2)) return {static_cast<std::uint8_t>(i), std::to_string(i)};
        return {numbers[i % 6], std::string(names[i % 6])};
    }
    Length operator()(Of<Length> /*token*/) const { return {random.maybe(2) ? random.rng_() : random.rng_.below(300)}; }
    Flag operator()(Of<Flag> /*token*/) const {
        return {static_cast<Flag::Name>(random.rng_.below(flag_names.size())), random.maybe(2)};
    }
    NoMaskingKey operator()(Of<NoMaskingKey> /*token*/) const { return {}; }
    MaskingKey operator()(Of<MaskingKey> /*token*/) const {
        return random.maybe(4) ? MaskingKey{random.any_value()} : MaskingKey{Literal{"k\\'\xff", false}};
    }
    NestedFrame operator()(Of<NestedFrame> /*token*/) const {
        return {print_with_times(random.nested(&RandomMessages::server_frame))};
    }
    Times operator()(Of<Times> /*token*/) const { return {random.maybe(2) ? random.rng_() : random.rng_.below(4)}; }
    PauseAt operator()(Of<PauseAt> /*token*/) const {
        if (random.maybe(3)) return {random.offset(), {}, {}};
        PauseAt pause{random.offset(), random.time(), {}};
        if (random.maybe(3)) pause.longest = std::max(*pause.time, random.time());
        return pause;
    }
    RateFrom operator()(Of<RateFrom> /*token*/) const {
        if (random.maybe(4)) return {random.offset(), {}};
        return {random.offset(), random.rate()};
    }
    DisconnectAt operator()(Of<DisconnectAt> /*token*/) const {
        return {random.offset(), static_cast<Ending>(random.rng_.below(ending_names.size()))};
    }
    InjectAt operator()(Of<InjectAt> /*token*/) const { return {random.offset(), random.quoted_value()}; }
};

/// A random feature of those that a kind of message may have.
Feature RandomMessages::feature(unsigned kind) {
    using Make = Feature (*)(TokenMaker const&);
    static constexpr auto makers = []<class... Tokens>(std::variant<Tokens...> const* /*type*/) {
        return std::array<Make, sizeof...(Tokens)>{
            [](TokenMaker const& make) { return Feature(make(std::type_identity<Tokens>())); }...};
    }(static_cast<Feature::Kind const*>(nullptr));
    for (;;) {
        auto const i = rng_.below(makers.size());
        auto const& info = token_table[i];
        auto const is_allowed = (info.allowed & kind) != 0 && (info.not_over_http2.empty() || !options_.http2);
        if (is_allowed) return makers[i](TokenMaker{*this});
    }
}

Features RandomMessages::features(unsigned kind) {
    Features features;
    std::set<std::string_view> taken;
    for (auto left = rng_.below(7); left > 0; --left) {
        auto made = feature(kind);
        auto const name = exclusive_name(made);
        if (name.empty() || taken.insert(name).second) features.push_back(std::move(made));
    }
    return features;
}

Message RandomMessages::response() {
    Response response;
    response.websocket = !options_.http2 && maybe(6);
    if (!response.websocket || maybe(2)) response.code = digits();
    response.features = features(in::response);
    return response;
}

Message RandomMessages::waiting_response() {
    auto message = maybe(4) ? raw_response() : response();
    auto& parts = language::features(message);
    if (find<WaitFor>(parts) != nullptr) return message;
    auto const at = static_cast<std::ptrdiff_t>(rng_.below(parts.size() + 1));
    parts.insert(parts.begin() + at, Feature(TokenMaker{*this}(std::type_identity<WaitFor>())));
    return message;
}

Message RandomMessages::request() {
    Request request;
    request.websocket = !options_.http2 && maybe(6);
    if (!request.websocket || maybe(2)) request.method = maybe(2) ? Value(Literal{"GET", false}) : quoted_value();
    request.path = any_value();
    // Without a method, anything but a word is taken for one.
    auto const* word = std::get_if<Literal>(&request.path);
    if (!request.method && (word == nullptr || !word->bare)) request.path = Literal{"/" + bytes(6), true};
    request.features = features(in::request);
    return request;
}

Message RandomMessages::nested(Message (RandomMessages::*draw)()) {
    is_nested_ = true;
    auto message = (this->*draw)();
    is_nested_ = false;
    return message;
}

Message RandomMessages::raw_response() { return RawMessage{quoted_value(), features(in::raw_response)}; }

Message RandomMessages::raw_request() { return RawMessage{quoted_value(), features(in::raw_request)}; }

Message RandomMessages::client_frame() { return Frame{features(in::client_frame)}; }

Message RandomMessages::server_frame() { return Frame{features(in::server_frame)}; }

// --- HTTP/2 frames ---------------------------------------------------------------------------------------------------

std::string RandomMessages::number(std::uint64_t value) {
    if (maybe(2)) return std::to_string(value);
    std::ostringstream hex;
    hex << "0x" << std::hex << value;
    return hex.str();
}

FrameNumber RandomMessages::frame_number(std::uint32_t value, std::string const& name) {
    auto const has_name = !name.empty() && !name.starts_with("0x");
    return {value, has_name && !maybe(4) ? name : number(value)};
}

FrameNumber RandomMessages::flags(bool digits_first) {
    static constexpr std::pair<std::uint32_t, char const*> bits[] = {
        {1, "END_STREAM"}, {1, "ACK"}, {4, "END_HEADERS"}, {8, "PADDED"}, {0x20, "PRIORITY"}};
    FrameNumber flags;
    for (auto left = 1 + rng_.below(3); left > 0; --left) {
        auto const& [bit, name] = bits[rng_.below(std::size(bits))];
        if (!flags.text.empty()) flags.text += ",";
        if (flags.text.empty() && !digits_first) {
            flags.number |= bit;
            flags.text += name;
        } else {
            auto const value = static_cast<std::uint32_t>(rng_.below(256));
            flags.number |= value;
            flags.text += number(value);
        }
    }
    return flags;
}

FrameNumber RandomMessages::relative_stream() {
    auto const distance = static_cast<std::int64_t>(maybe(2) ? rng_.below(4) : rng_() >> 32U);
    switch (rng_.below(3)) {
        case 0: return {0, "this", RelativeStream{}};
        case 1: return {0, "this+" + number(static_cast<std::uint64_t>(distance)), RelativeStream{.shift = distance}};
        default: return {0, "this-" + number(static_cast<std::uint64_t>(distance)), RelativeStream{.shift = -distance}};
    }
}

PayloadNumber RandomMessages::payload_number() {
    static constexpr std::pair<char const*, std::uint8_t> keys[] = {
        {"ERROR", 4},      {"LAST_STREAM", 4}, {"PROMISED", 4},  {"INCREMENT", 4},
        {"DEPENDENCY", 4}, {"WEIGHT", 1},      {"PAD_LENGTH", 1}};
    static constexpr char const* streams[] = {"LAST_STREAM=", "PROMISED=", "DEPENDENCY="};
    switch (rng_.below(options_.http2 ? 5 : 4)) {
        case 4: {
            auto const stream = relative_stream();
            return {0, 4, streams[rng_.below(std::size(streams))] + stream.text, stream.relative};
        }
        case 0: {
            auto const code = static_cast<std::uint32_t>(rng_.below(14));
            return {code, 4, name(http2::ErrorCode{code})};
        }
        case 1: {
            auto const code = static_cast<std::uint32_t>(rng_.below(14));
            return {code, 4, "ERROR=" + name(http2::ErrorCode{code})};
        }
        case 2: {
            auto const& [key, width] = keys[rng_.below(std::size(keys))];
            auto const value = rng_() >> (width == 1 ? 56U : 32U);
            return {value, width, std::string(key) + "=" + number(value)};
        }
        default: {
            auto const id = static_cast<std::uint16_t>(maybe(2) ? rng_.below(10) : rng_.below(0x10000));
            auto const value = rng_() >> 32U;
            auto const known = name(http2::SettingId{id});
            return {std::uint64_t{id} << 32U | value, 6, frame_number(id, known).text + "=" + number(value)};
        }
    }
}

PayloadPart RandomMessages::payload_part() {
    switch (rng_.below(3)) {
        case 0: return quoted_value();
        case 1: return payload_number();
        default: return PayloadField{quoted_value(), any_value()};
    }
}

Message RandomMessages::http2_frame() {
    Http2Frame frame;
    if (maybe(3)) frame.length = static_cast<std::uint32_t>(rng_.below(maybe(2) ? 100 : 1U << 24U));
    if (!maybe(6)) {
        auto const type = static_cast<std::uint8_t>(rng_.below(maybe(4) ? 256 : 17));
        frame.type = frame_number(type, name(http2::FrameType{type}));
    }
    // Numbers without anything in front of them are taken for earlier slots, and a single one for the stream.
    if (maybe(2)) frame.flags = flags(frame.type && maybe(3));
    if (!frame.type && frame.flags && frame.flags->text.starts_with("PRIORITY")) frame.type = FrameNumber{1, "HEADERS"};
    auto const lone = frame.flags && frame.flags->text.find_first_not_of("0123456789abcdefx") == std::string::npos;
    if (lone || ((frame.type || frame.flags) && maybe(2))) {
        auto const stream = static_cast<std::uint32_t>(maybe(2) ? rng_.below(4) : rng_() >> 32U);
        frame.stream = FrameNumber{stream, number(stream)};
    }
    // With a length but without type and flags too: the number that it becomes must not be read as one of them.
    if (options_.http2 && maybe(4)) frame.stream = relative_stream();
    if (options_.http2 && maybe(16)) frame.stream = FrameNumber{0, "next", RelativeStream{.is_new = true}};
    for (auto left = rng_.below(4); left > 0; --left) frame.payload.push_back(payload_part());
    frame.features = features(in::http2_frame);
    return frame;
}

Message RandomMessages::http2_preface() {
    Http2Preface preface;
    if (maybe(2)) preface.value = quoted_value();
    preface.features = features(in::http2_frame);
    return preface;
}

}  // namespace pathology::language::test
