#include "support/random_message.hpp"

#include <pathology/language/print.hpp>
#include <pathology/language/user_agents.hpp>
#include <pathology/proxycore/http2/names.hpp>
#include <set>
#include <sstream>

namespace pathology::language::test {
namespace {

namespace http2 = proxycore::http2;

/// What two features of one message must not share; empty for features that may be repeated.
std::string exclusive_group(Feature const& feature) {
    if (std::holds_alternative<Body>(feature.is) || std::holds_alternative<RawBody>(feature.is)) return "body";
    if (std::holds_alternative<MaskingKey>(feature.is) || std::holds_alternative<NoMaskingKey>(feature.is))
        return "key";
    if (auto const* flag = std::get_if<Flag>(&feature.is)) return std::to_string(static_cast<int>(flag->name));
    for (auto const index :
         {Feature::Kind(Header{}).index(), Feature::Kind(ContentType{}).index(), Feature::Kind(Location{}).index(),
          Feature::Kind(UserAgent{}).index(), Feature::Kind(PauseAt{}).index(), Feature::Kind(InjectAt{}).index()}) {
        if (feature.is.index() == index) return {};
    }
    return "kind " + std::to_string(feature.is.index());
}

}  // namespace

std::string RandomMessages::bytes(std::uint64_t most) {
    static constexpr std::string_view tricky = "\\'\"<@:,=#+ \t\r\n\xff";
    std::string text(rng_.below(most + 1), '\0');
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
    if (options_.files && maybe(6)) {
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
    if (maybe(4)) return {Offset::Kind::end, 0};
    return {Offset::Kind::number, options_.huge_sizes && maybe(4) ? rng_() : rng_.below(150)};
}

Feature RandomMessages::action() {
    switch (rng_.below(3)) {
        case 0: return Feature(PauseAt{offset(), maybe(3) ? std::nullopt : std::optional(rng_.below(100))});
        case 1: return Feature(DisconnectAt{offset()});
        default: return Feature(InjectAt{offset(), quoted_value()});
    }
}

UserAgent RandomMessages::user_agent() {
    auto const known = known_user_agents()[rng_.below(known_user_agents().size())];
    if (maybe(3)) return {UserAgent::Shortcut{std::string(known.name)}};
    if (maybe(3)) return {UserAgent::Shortcut{std::string(1, known.shortcut)}};
    return {quoted_value()};
}

Feature RandomMessages::http_feature(bool is_request) {
    switch (rng_.below(8)) {
        case 0: return Feature(Header{quoted_value(), quoted_value()});
        case 1: return Feature(ContentType{any_value()});
        case 2: return is_request ? Feature(user_agent()) : Feature(Location{any_value()});
        case 3:
            if (is_request) return Feature(Times{rng_()});
            return options_.http2 ? action() : Feature(Reason{any_value()});
        case 4: return Feature(Raw{});
        case 5: return Feature(Body{any_value()});
        case 6: return is_request ? Feature(NestedResponse{print(response())}) : action();
        default: return action();
    }
}

Feature RandomMessages::frame_feature(bool is_client) {
    static constexpr std::string_view names[] = {"continue", "text", "binary", "close", "ping", "pong"};
    static constexpr std::uint8_t numbers[] = {0, 1, 2, 8, 9, 10};
    auto const i = rng_.below(16);
    switch (rng_.below(10)) {
        case 0: return Feature(Flag{static_cast<Flag::Name>(rng_.below(5)), maybe(2)});
        case 1: return Feature(Opcode{static_cast<std::uint8_t>(i), std::to_string(i)});
        case 2: return Feature(Opcode{numbers[i % 6], std::string(names[i % 6])});
        case 3: return Feature(Length{maybe(2) ? rng_() : rng_.below(300)});
        case 4: return maybe(4) ? Feature(MaskingKey{any_value()}) : Feature(MaskingKey{Literal{"k\\'\xff", false}});
        case 5: return Feature(NoMaskingKey{});
        case 6: return maybe(2) ? Feature(Body{any_value()}) : Feature(RawBody{any_value()});
        case 7: return is_client ? Feature(NestedFrame{print_with_times(server_frame())}) : action();
        case 8: return Feature(Times{rng_.below(4)});
        default: return action();
    }
}

template <class MakeFeature> Features RandomMessages::features(MakeFeature make) {
    Features features;
    std::set<std::string> taken;
    for (auto left = rng_.below(7); left > 0; --left) {
        auto feature = make();
        auto const group = exclusive_group(feature);
        if (group.empty() || taken.insert(group).second) features.push_back(std::move(feature));
    }
    return features;
}

Message RandomMessages::response() {
    Response response;
    response.websocket = !options_.http2 && maybe(6);
    if (!response.websocket || maybe(2)) response.code = digits();
    response.features = features([this] { return http_feature(false); });
    return response;
}

Message RandomMessages::request() {
    Request request;
    request.websocket = !options_.http2 && maybe(6);
    if (!request.websocket || maybe(2)) request.method = maybe(2) ? Value(Literal{"GET", false}) : quoted_value();
    request.path = any_value();
    // Without a method, anything but a word is taken for one.
    auto const* word = std::get_if<Literal>(&request.path);
    if (!request.method && (word == nullptr || !word->bare)) request.path = Literal{"/" + bytes(6), true};
    request.features = features([this] { return http_feature(true); });
    return request;
}

Message RandomMessages::client_frame() {
    return Frame{features([this] { return frame_feature(true); })};
}

Message RandomMessages::server_frame() {
    return Frame{features([this] { return frame_feature(false); })};
}

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

PayloadNumber RandomMessages::payload_number() {
    static constexpr std::pair<char const*, std::uint8_t> keys[] = {
        {"ERROR", 4},      {"LAST_STREAM", 4}, {"PROMISED", 4},  {"INCREMENT", 4},
        {"DEPENDENCY", 4}, {"WEIGHT", 1},      {"PAD_LENGTH", 1}};
    switch (rng_.below(4)) {
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
    for (auto left = rng_.below(4); left > 0; --left) frame.payload.push_back(payload_part());
    frame.features = features([this] { return http2_feature(); });
    return frame;
}

Message RandomMessages::http2_preface() {
    Http2Preface preface;
    if (maybe(2)) preface.value = quoted_value();
    preface.features = features([this] { return http2_feature(); });
    return preface;
}

}  // namespace pathology::language::test
