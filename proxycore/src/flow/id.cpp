#include <pathology/proxycore/flow/id.hpp>

#include <cstring>
#include <pathology/proxycore/ascii.hpp>

namespace pathology::proxycore::flow {
namespace {

/// Returns true if a hyphen precedes the byte: 8-4-4-4-12 digits.
constexpr bool has_hyphen_before(std::size_t byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

}  // namespace

Id Id::make() {
    thread_local IdGenerator generator;
    return generator();
}

IdGenerator::IdGenerator() {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device(), device(), device(), device(), device()};
    engine_.seed(seed);
}

Id IdGenerator::operator()() {
    Id id;
    std::uint64_t const halves[] = {engine_(), engine_()};
    std::memcpy(id.bytes.data(), halves, id.bytes.size());
    id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0FU) | 0x40U);  // version 4
    id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3FU) | 0x80U);  // the variant of RFC 9562
    return id;
}

std::string to_string(Id const& id) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::size_t at = 0; at < id.bytes.size(); ++at) {
        if (has_hyphen_before(at)) text += '-';
        text += {digits[id.bytes[at] >> 4U], digits[id.bytes[at] & 15U]};
    }
    return text;
}

std::optional<Id> parse_id(std::string_view text) {
    constexpr std::size_t length = 36;
    if (text.size() != length) return std::nullopt;
    Id id;
    for (std::size_t byte = 0, at = 0; byte < id.bytes.size(); ++byte, at += 2) {
        if (has_hyphen_before(byte) && text[at++] != '-') return std::nullopt;
        auto const high = ascii::hex_value(text[at]), low = ascii::hex_value(text[at + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        id.bytes[byte] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return id;
}

}  // namespace pathology::proxycore::flow

std::size_t std::hash<pathology::proxycore::flow::Id>::operator()(
    pathology::proxycore::flow::Id const& id) const noexcept {
    std::size_t value = 0;  // the bytes are random already
    std::memcpy(&value, id.bytes.data(), sizeof value);
    return value;
}
