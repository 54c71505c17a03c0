// The inverse of the grammar: parse(print(m)) == m. A literal is printed so that no other token can be read in its
// place: bare words are escaped where they would begin a keyword, a file or a number.

#include <pathology/language/print.hpp>

#include <algorithm>
#include <array>
#include <pathology/language/generator.hpp>
#include <pathology/proxycore/ascii.hpp>
#include <span>
#include <vector>

#include "escape.hpp"
#include "grammar/bare_methods.hpp"

namespace pathology::language {
namespace {

bool starts_with_any_case(std::string_view text, std::string_view lower) {
    auto const same = [](char a, char b) { return a == b || (a >= 'A' && a <= 'Z' && a + ('a' - 'A') == b); };
    return text.size() >= lower.size() && std::equal(lower.begin(), lower.end(), text.begin(),
                                                     [&](char wanted, char given) { return same(given, wanted); });
}

/// A bare word. Bytes that it cannot hold are escaped, and so is a leading `<`, which would start a file value.
std::string bare(std::string_view bytes) {
    std::string out;
    for (char const byte : bytes) {
        auto const would_be_file = byte == '<' && out.empty() && bytes.size() > 1;
        auto const printable = byte >= ' ' && byte < '\x7F';
        if (printable && (!is_bare(byte) || would_be_file)) {
            append_hex(out, byte);
        } else {
            append_escaped(out, byte);
        }
    }
    return out;
}

/// A value in a place where the words in `taken` have a meaning. A bare word that begins with one gets its first byte
/// escaped.
std::string print_unlike(std::span<std::string_view const> taken, Value const& value) {
    auto const* literal = std::get_if<Literal>(&value);
    auto const is_taken = [&](std::string_view word) { return starts_with_any_case(literal->bytes, word); };
    if (literal == nullptr || !literal->bare || std::none_of(taken.begin(), taken.end(), is_taken)) return print(value);
    std::string out;
    append_hex(out, literal->bytes.front());
    return out + bare(std::string_view(literal->bytes).substr(1));
}

constexpr std::array<std::string_view, 1> no_key{"none"};
constexpr std::array<std::string_view, 3> reserved_bits{"sv1", "sv2", "sv3"};
constexpr auto methods = [] {
    std::array<std::string_view, grammar::bare_methods.size()> names;
    std::ranges::transform(grammar::bare_methods, names.begin(), &grammar::BareMethod::name);
    return names;
}();

std::string size_text(std::uint64_t count, SizeUnit unit) {
    auto text = std::to_string(count);
    if (unit != SizeUnit::b) text += "bkmgt"[static_cast<unsigned>(unit)];
    return text;
}

struct ValuePrinter {
    std::string operator()(Literal const& literal) const {
        return literal.bare ? bare(literal.bytes) : "'" + escape(literal.bytes) + "'";
    }
    std::string operator()(Generated const& generated) const {
        auto text = "@" + size_text(generated.count, generated.unit);
        if (generated.type != DataType::bytes) text.append(",").append(name(generated.type));
        return text;
    }
    // Paths have no escapes, so the quote must be one that is not in the path. No path has both: it was quoted when
    // parsed.
    std::string operator()(FileValue const& file) const {
        auto const* const quote = file.path.find('\'') == std::string::npos ? "'" : "\"";
        return std::string("<") + quote + file.path + quote;
    }
};

std::string text(Offset offset) {
    std::string const number = std::to_string(offset.number);
    std::string const shift = offset.shift == 0 ? "" : (offset.shift > 0 ? "+" : "") + std::to_string(offset.shift);
    switch (offset.kind) {
        case Offset::Kind::number: break;
        case Offset::Kind::random: return "r";
        case Offset::Kind::end: return "a" + shift;
        case Offset::Kind::head: return "head" + shift;
        case Offset::Kind::body: return "body" + shift;
        case Offset::Kind::frame: return "frame" + number + shift;
        case Offset::Kind::chunk: return "chunk" + number + shift;
        case Offset::Kind::trailer: return "trailer" + shift;
    }
    return number;
}

/// `.5s`: a part of a second, and the unit that it needs; empty for none.
std::string fraction(std::uint32_t nanoseconds) {
    if (nanoseconds == 0) return {};
    auto const digits = std::to_string(nanoseconds);
    auto all = "." + std::string(9 - digits.size(), '0') + digits;
    return all.erase(all.find_last_not_of('0') + 1) + "s";
}

std::string text(PauseTime time) { return std::to_string(time.seconds) + fraction(time.nanoseconds); }

std::string text(std::optional<Rate> const& rate) {
    if (!rate) return "full";
    return size_text(rate->count, rate->unit) + (rate->each ? "/" + text(*rate->each) : "");
}

// A nested spec is a literal that contains a spec, so its quotes and backslashes are escaped once more.
std::string nested(char letter, std::string_view spec) { return std::string(1, letter) + "'" + escape(spec) + "'"; }

std::string repeated(std::uint64_t count) { return count == 1 ? "" : "*" + std::to_string(count); }

template <class Field> std::string field(Field const& is) {
    return print(is.name) + "=" + print(is.value) + repeated(is.count);
}

/// A token that is a letter and a value is printed from the table; every other one needs an overload.
struct FeaturePrinter {
    template <ValueToken Token> std::string operator()(Token const& token) const {
        return std::string(Token::info.letter) + print(token.value);
    }
    std::string operator()(Header const& h) const { return "h" + field(h); }
    std::string operator()(Trailer const& e) const { return "e" + field(e); }
    std::string operator()(Chunk const& k) const {
        std::string out = "k";
        if (k.size_line) out += print(*k.size_line) + "=";
        out += print(k.data);
        if (k.end) out += "," + print(*k.end);
        return out + repeated(k.count);
    }
    std::string operator()(WaitFor const& w) const { return "w" + text(w.until) + (w.rate ? "," + text(w.rate) : ""); }
    std::string operator()(GroupEnd const&) const { return {}; }  // print() of several messages prints groups
    std::string operator()(UserAgent const& u) const {
        if (auto const* shortcut = std::get_if<UserAgent::Shortcut>(&u.is)) return "u" + shortcut->text;
        return "u" + print(std::get<Value>(u.is));
    }
    std::string operator()(Raw) const { return "r"; }
    std::string operator()(NestedResponse const& s) const { return nested('s', s.spec); }
    std::string operator()(Times const& x) const { return "x" + std::to_string(x.count); }
    std::string operator()(Opcode const& c) const { return "c" + c.text; }
    std::string operator()(Flag const& flag) const {
        return std::string(flag.on ? "" : "-").append(flag_names[static_cast<std::size_t>(flag.name)]);
    }
    std::string operator()(Length const& l) const { return "l" + std::to_string(l.claimed); }
    std::string operator()(MaskingKey const& k) const { return "k" + print_unlike(no_key, k.value); }
    std::string operator()(NoMaskingKey) const { return "knone"; }
    std::string operator()(RawBody const& r) const { return "r" + print_unlike(reserved_bits, r.value); }
    std::string operator()(NestedFrame const& f) const { return nested('f', f.spec); }
    std::string operator()(PauseAt const& p) const {
        auto const out = "p" + text(p.at) + ",";
        if (!p.time) return out + "f";
        return out + text(*p.time) + (p.longest ? "-" + text(*p.longest) : "");
    }
    std::string operator()(RateFrom const& t) const { return "t" + text(t.at) + "," + text(t.rate); }
    std::string operator()(DisconnectAt const& d) const {
        if (d.how == Ending::fin) return "d" + text(d.at);
        return ("d" + text(d.at) + ",").append(ending_names[static_cast<std::size_t>(d.how)]);
    }
    std::string operator()(InjectAt const& i) const { return "i" + text(i.at) + "," + print(i.value); }
};

struct PartPrinter {
    std::string operator()(Value const& value) const { return print(value); }
    std::string operator()(PayloadNumber const& number) const { return number.text; }
    std::string operator()(PayloadField const& field) const { return print(field.name) + "=" + print(field.value); }
};

struct HeadPrinter {
    std::string operator()(Response const& response) const {
        if (!response.websocket) return response.code.value_or("");
        return response.code ? "ws:" + *response.code : "ws";
    }
    std::string operator()(Request const& request) const {
        std::string const head = request.websocket ? "ws:" : "";
        // Without a method the path comes first; a path that begins like a method would be read as one.
        if (request.method) return head + print(*request.method) + ":" + print(request.path);
        return head + print_unlike(methods, request.path);
    }
    std::string operator()(Frame const&) const { return "wf"; }
    std::string operator()(Http2Frame const& frame) const {
        std::string out = "h2f";
        if (frame.length) {
            out += ":" + std::to_string(*frame.length);
        } else if (frame.type && proxycore::ascii::is_digit(frame.type->text.front())) {
            out += ":";  // else a numeric type would be read as the length
        }
        for (auto const* slot : {&frame.type, &frame.flags, &frame.stream}) {
            if (*slot) out += ":" + (*slot)->text;
        }
        for (auto const& part : frame.payload) {
            out += &part == &frame.payload.front() ? ":" : ",";
            out += std::visit(PartPrinter{}, part);
        }
        return out;
    }
    std::string operator()(Http2Preface const& preface) const {
        return preface.value ? "h2p:" + print(*preface.value) : "h2p";
    }
    std::string operator()(RawMessage const& raw) const { return "raw:" + print(raw.value); }
};

std::string print(Message const& message, bool with_times) {
    auto out = std::visit(HeadPrinter{}, message);
    for (auto const& feature : features(message)) {
        bool const is_left_out =
            std::holds_alternative<GroupEnd>(feature.is) || (!with_times && std::holds_alternative<Times>(feature.is));
        if (is_left_out) continue;
        out += ":";
        out += std::visit(FeaturePrinter{}, feature.is);
    }
    return out;
}

}  // namespace

std::string print(Value const& value) { return std::visit(ValuePrinter{}, value); }

std::string print(Message const& message) { return print(message, false); }

std::string print_with_times(Message const& message) { return print(message, true); }

std::string print(std::span<Message const> messages, std::span<std::string const> texts) {
    // The size of a group is known at its last message.
    std::vector<bool> opens(messages.size());
    for (std::size_t i = 0; i < messages.size(); ++i) {
        if (auto const* group = find<GroupEnd>(features(messages[i]))) opens[i + 1 - group->messages] = true;
    }
    std::string out;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        out.append(i == 0 ? "" : " ").append(opens[i] ? "(" : "").append(texts[i]);
        // With a blank behind it, the word `<` would begin a file path.
        if (out.ends_with('<')) {
            out.pop_back();
            append_hex(out, '<');
        }
        // A word at the end would take the bracket.
        if (auto const* group = find<GroupEnd>(features(messages[i]))) out += " )x" + std::to_string(group->count);
    }
    return out;
}

std::string print(std::span<Message const> messages) {
    std::vector<std::string> texts;
    texts.reserve(messages.size());
    for (auto const& message : messages) texts.push_back(print_with_times(message));
    return print(messages, texts);
}

std::string print_repeated(Message const& resolved, Features const& given) {
    auto const* repeat = find<Times>(given);
    return repeat != nullptr ? print(resolved) + ":" + FeaturePrinter{}(*repeat) : print(resolved);
}

}  // namespace pathology::language
