// Parses the actions of a TLS fault by the parsers of the grammar for specs: offsets, times, endings, quoted bytes.
#include <pathology/language/tls_fault.hpp>

#include <algorithm>
#include <pathology/proxycore/tls/alert_names.hpp>

#include "grammar/hint.hpp"
#include "grammar/offset.hpp"
#include "grammar/pause_time.hpp"
#include "grammar/terminals.hpp"

namespace pathology::language {
namespace {

using grammar::ErrorCollector;
using grammar::Iterator;
using Action = TlsFaultAction;

constexpr std::size_t max_actions = 100;
constexpr std::size_t max_length = 64U << 10U;

class FaultParser {
public:
    explicit FaultParser(std::string_view text) : at_(text.data()), last_(at_ + text.size()), seen_(at_) {}

    ErrorCollector const& seen() const { return seen_; }

    std::optional<TlsFault> parse() {
        TlsFault fault;
        do {
            skip(grammar::blanks);
            auto const* const begin = at_;
            Action action;
            bool const is_full = fault.size() == max_actions;
            if (is_full ? !reject("at most 100 actions") : !parse_action(action)) return std::nullopt;
            action.text.assign(begin, at_);
            fault.push_back(std::move(action));
            skip(separators);
        } while (at_ != last_);
        return fault;
    }

private:
    static constexpr std::string_view separators = ": \t\r\n";

    bool reject(char const* expected) {
        seen_.fail_hard(at_, expected);
        return false;
    }
    void skip(std::string_view characters) {
        while (at_ != last_ && characters.find(*at_) != std::string_view::npos) ++at_;
    }
    bool expect(char c, char const* what) {
        bool const is_there = at_ != last_ && *at_ == c;
        if (is_there) ++at_;
        if (!is_there) seen_.expect(at_, what);
        return is_there;
    }

    bool parse_action(Action& action) {
        auto const letter = at_ != last_ ? *at_ : ' ';
        if (std::string_view("pdioca").find(letter) == std::string_view::npos) return reject("an action (p d i o c a)");
        ++at_;
        if (!grammar::scan_wire_offset(at_, last_, seen_, action.at)) return false;
        switch (letter) {
            case 'c': action.what = Action::Corrupt{}; return true;
            case 'd': return parse_end(action);
            default: break;
        }
        if (!expect(',', "','")) return false;
        switch (letter) {
            case 'p': return parse_pause(action);
            case 'a': return parse_alert(action);
            case 'i': return parse_bytes<Action::Inject>(action);
            default: return parse_bytes<Action::Overwrite>(action);
        }
    }

    std::string_view word() {
        auto const* const end =
            std::find_if(at_, last_, [](char c) { return separators.find(c) != std::string_view::npos; });
        return {at_, static_cast<std::size_t>(end - at_)};
    }

    bool parse_end(Action& action) {
        action.what = Action::End{};
        if (at_ == last_ || *at_ != ',') return true;
        ++at_;
        auto const name = word();
        auto const* const found = std::ranges::find(ending_names, name);
        if (found == ending_names.end()) return reject("an ending (fin rst half cut hold)");
        at_ += name.size();
        action.what = Action::End{static_cast<Ending>(found - ending_names.begin())};
        return true;
    }

    bool parse_pause(Action& action) {
        auto const times = grammar::scan_pause_times(at_, last_, seen_);
        if (!times) {
            seen_.expect(at_, "seconds (a number or f)");
            return false;
        }
        if (times->longest) return reject("one time, not a range");
        action.what = Action::Pause{times->shortest};
        return true;
    }

    bool parse_alert(Action& action) {
        auto const name = word();
        auto const code = proxycore::tls::alert_code(name);
        if (!code) return reject("the name of an alert, such as handshake_failure, or its number");
        at_ += name.size();
        action.what = Action::Alert{*code};
        return true;
    }

    template <class Kind> bool parse_bytes(Action& action) {
        grammar::Word bytes;
        namespace x3 = grammar::x3;
        auto const skipping = x3::make_context<x3::skipper_tag>(grammar::skipper);
        auto const context = x3::make_context<grammar::ErrorsTag>(seen_, skipping);
        if (!grammar::quoted_text.parse(at_, last_, context, x3::unused, bytes)) {
            seen_.expect(at_, "bytes in quotes");
            return false;
        }
        action.what = Kind{std::move(bytes.text)};
        return true;
    }

    Iterator at_, last_;
    ErrorCollector seen_;
};

}  // namespace

Parsed<TlsFault> parse_tls_fault(std::string_view text) {
    if (text.size() > max_length)
        return SpecFailure{SpecErrc::too_long, "a TLS fault has at most 65536 bytes", {max_length, max_length}};
    FaultParser parser(text);
    if (auto fault = parser.parse()) return *std::move(fault);
    auto const place = static_cast<std::uint32_t>(parser.seen().place() - text.data());
    return SpecFailure{SpecErrc::syntax, parser.seen().message(), {place, place}};
}

}  // namespace pathology::language
