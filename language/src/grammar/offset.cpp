#include "grammar/offset.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <pathology/proxycore/ascii.hpp>

namespace pathology::language::grammar {
namespace {

struct PlaceName {
    std::string_view name;
    Offset::Kind kind;
    char const* number = nullptr;  ///< of what it has one
    bool has_shift = true;
};
constexpr std::array places{
    PlaceName{"r", Offset::Kind::random, nullptr, false},
    PlaceName{"a", Offset::Kind::end},
    PlaceName{"head", Offset::Kind::head},
    PlaceName{"body", Offset::Kind::body},
    PlaceName{"frame", Offset::Kind::frame, "the number of a frame"},
    PlaceName{"chunk", Offset::Kind::chunk, "the number of a chunk"},
    PlaceName{"trailer", Offset::Kind::trailer},
};

using proxycore::ascii::is_digit;

class OffsetScanner {
public:
    OffsetScanner(Iterator first, Iterator last, ErrorCollector& seen) : at_(first), last_(last), seen_(seen) {}

    Iterator at() const { return at_; }
    bool begins_number() const { return at_ != last_ && is_digit(*at_); }

    PlaceName const* place() {
        for (auto const& each : places) {
            if (word(each.name)) return &each;
        }
        return nullptr;
    }

    bool word(std::string_view name) {
        if (!std::string_view(at_, static_cast<std::size_t>(last_ - at_)).starts_with(name)) return false;
        at_ += name.size();
        return true;
    }

    /// The number of a frame or record.
    bool ordinal(std::uint64_t& into, char const* expected) {
        auto const* const begin = at_;
        if (!number(into, UINT64_MAX, expected)) return false;
        if (into == 0) seen_.fail_hard(begin, "a number from 1 on");
        return into != 0;
    }

    /// Below 2^64, or up to the largest distance.
    bool number(std::uint64_t& into, std::uint64_t max, char const* expected) {
        auto const [end, error] = std::from_chars(at_, last_, into);
        if (end == at_) {
            seen_.expect(at_, expected);
            return false;
        }
        if (error != std::errc() || into > max) {
            seen_.fail_hard(at_, max == UINT64_MAX ? "a number below 2^64" : "a number below 2^63");
            return false;
        }
        at_ = end;
        return true;
    }

    /// `+5`, `-5`, or nothing.
    bool shift(std::int64_t& into) {
        bool const has_sign = last_ - at_ > 1 && (*at_ == '+' || *at_ == '-') && is_digit(at_[1]);
        if (!has_sign) return true;
        bool const is_negative = *at_++ == '-';
        std::uint64_t distance = 0;
        if (!number(distance, std::numeric_limits<std::int64_t>::max(), "a number")) return false;
        into = is_negative ? -static_cast<std::int64_t>(distance) : static_cast<std::int64_t>(distance);
        return true;
    }

private:
    Iterator at_;
    Iterator last_;
    ErrorCollector& seen_;
};

}  // namespace

bool scan_offset(Iterator& first, Iterator last, ErrorCollector& seen, Offset& offset) {
    OffsetScanner scanner(first, last, seen);
    if (scanner.begins_number()) {
        if (!scanner.number(offset.number, UINT64_MAX, "a number")) return false;
    } else {
        auto const* const place = scanner.place();
        if (place == nullptr) return false;
        offset.kind = place->kind;
        if (place->number != nullptr && !scanner.ordinal(offset.number, place->number)) return false;
        if (place->has_shift && !scanner.shift(offset.shift)) return false;
    }
    first = scanner.at();
    return true;
}

bool scan_wire_offset(Iterator& first, Iterator last, ErrorCollector& seen, WireOffset& offset) {
    constexpr auto expected = "an offset (a number or recordN)";
    OffsetScanner scanner(first, last, seen);
    if (scanner.word("record")) {
        auto const* const number = scanner.at();
        if (!scanner.ordinal(offset.record, "the number of a record") || !scanner.shift(offset.shift)) return false;
        if (offset.record > WireOffset::max_record) {
            seen.fail_hard(number, "a record up to 10000");
            return false;
        }
    } else if (!scanner.number(offset.number, UINT64_MAX, expected)) {
        return false;
    }
    first = scanner.at();
    return true;
}

}  // namespace pathology::language::grammar
