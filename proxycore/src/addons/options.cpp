// Options by name. A setting may arrive before the addon that declares its option, so unknown names are deferred:
//
//      --set a=1 ─▶ apply ─┬─ declared ─▶ read (by type) ─▶ check ─▶ update ─▶ listeners
//                          └─ unknown  ─▶ deferred_ ─▶ declare() of that name ─▶ apply
//
// update() is atomic: either all values change and every listener accepts them, or none changes. The type of an option
// is the type of its initial value, and entries_ never has a value of another type.

#include <pathology/proxycore/addons/options.hpp>

#include <algorithm>
#include <charconv>
#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <utility>

namespace pathology::proxycore::addons {

// --- values ----------------------------------------------------------------------------------------------------------

namespace {

std::string listed(TextList const& texts) {
    std::string list = "[";
    for (auto const& text : texts) list.append(list.size() > 1 ? ", " : "").append(text);
    return list + "]";
}

struct Printed {
    std::string operator()(bool is_set) const { return is_set ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(OptionalNumber const& number) const { return number ? std::to_string(*number) : ""; }
    std::string operator()(std::string const& text) const { return text; }
    std::string operator()(OptionalText const& text) const { return text.value_or(""); }
    std::string operator()(TextList const& texts) const { return listed(texts); }
};

}  // namespace

std::string_view type_of(OptionValue const& value) {
    // In the order of the alternatives of OptionValue.
    constexpr std::string_view names[] = {"bool", "int", "optional int", "text", "optional text", "list of text"};
    return names[value.index()];
}

std::string to_string(OptionValue const& value) { return std::visit(Printed{}, value); }

// --- options ---------------------------------------------------------------------------------------------------------

namespace {

[[noreturn]] void refuse(Option const& option, std::string_view what) {
    throw OptionsError("option " + option.name + " (" + std::string(type_of(option.initial)) +
                       "): " + std::string(what));
}

std::int64_t read_number(Option const& option, std::string_view text) {
    std::int64_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty())
        refuse(option, "expected a whole number, not " + http::quoted(text));
    return number;
}

bool read_bool(Option const& option, std::optional<std::string> const& text, bool present) {
    // `--set name` without a value turns the option on.
    if (!text || *text == "true") return true;
    if (*text == "false") return false;
    if (*text == "toggle") return !present;
    refuse(option, "expected true, false or toggle, not " + http::quoted(*text));
}

std::string const& needed(Option const& option, std::optional<std::string> const& text) {
    if (!text) refuse(option, "needs a value: " + option.name + "=…");
    return *text;
}

void check_choice(Option const& option, std::string_view text) {
    auto const& choices = option.choices;
    if (choices.empty() || std::find(choices.begin(), choices.end(), text) != choices.end()) return;
    refuse(option, "expected one of " + to_string(OptionValue(choices)) + ", not " + http::quoted(text));
}

/// Throws if `value` is invalid for the option.
void check(Option const& option, OptionValue const& value) {
    if (value.index() != option.initial.index())
        refuse(option, "does not accept a value of type " + std::string(type_of(value)));
    if (auto const* text = std::get_if<std::string>(&value)) check_choice(option, *text);
    if (auto const* text = std::get_if<OptionalText>(&value); text != nullptr && *text) check_choice(option, **text);
    if (auto const* texts = std::get_if<TextList>(&value))
        for (auto const& text : *texts) check_choice(option, text);
}

bool is_same(Option const& a, Option const& b) {
    return a.initial == b.initial && a.help == b.help && a.choices == b.choices;
}

}  // namespace

Setting parse_setting(std::string_view text) {
    auto const equals = std::min(text.find('='), text.size());
    Setting setting{std::string(text.substr(0, equals))};
    if (setting.name.empty()) throw OptionsError("expected name=value after --set, not " + http::quoted(text));
    if (equals < text.size()) setting.value = text.substr(equals + 1);
    return setting;
}

// --- declarations ----------------------------------------------------------------------------------------------------

void Options::declare(Option option) {
    if (auto const known = entries_.find(option.name); known != entries_.end()) {
        // Two addons may share an option if they agree about it; it is removed with the last of them.
        if (is_same(known->second.option, option)) {
            ++known->second.declarations;
            return;
        }
        throw OptionsError("option " + option.name + " is declared already, in another way");
    }
    check(option, option.initial);
    auto const name = option.name;
    auto value = option.initial;
    entries_.emplace(name, Entry{std::move(option), std::move(value)});
    // Settings of the command line come before addons declare their options. They are removed from the list before they
    // are applied: an invalid one is reported once.
    std::vector<Setting> waiting;
    std::erase_if(deferred_, [&](Setting const& setting) {
        if (setting.name == name) waiting.push_back(setting);
        return setting.name == name;
    });
    apply(waiting);
}

void Options::withdraw(std::string const& name) {
    auto const known = entries_.find(name);
    if (known != entries_.end() && --known->second.declarations == 0) entries_.erase(known);
}

void Options::restore(std::map<std::string, OptionValue> const& values) {
    for (auto const& [name, value] : values) {
        auto const known = entries_.find(name);
        if (known == entries_.end()) continue;
        try {
            check(known->second.option, value);
            known->second.value = value;
        } catch (OptionsError const&) {  // the option is of another type now, or has other choices
        }
    }
}

Options::Entry const& Options::entry(std::string_view name) const {
    auto const known = entries_.find(name);
    if (known == entries_.end()) throw OptionsError("unknown option " + http::quoted(name));
    return known->second;
}

bool Options::contains(std::string_view name) const { return entries_.find(name) != entries_.end(); }
Option const& Options::declaration(std::string_view name) const { return entry(name).option; }
OptionValue const& Options::value(std::string_view name) const { return entry(name).value; }

void Options::refuse_type(std::string_view name) const { refuse(entry(name).option, "was read as another type"); }

std::vector<std::string> Options::names() const {
    std::vector<std::string> names;
    for (auto const& [name, unused] : entries_) names.push_back(name);
    return names;
}

std::string Options::describe() const {
    std::string text;
    for (auto const& [name, entry] : entries_) {
        auto const& option = entry.option;
        text += name + " (" + std::string(type_of(option.initial)) + ", default " +
                http::quoted(to_string(option.initial)) + ")\n";
        if (!option.help.empty()) text += "    " + option.help + '\n';
        if (!option.choices.empty()) text += "    One of " + to_string(OptionValue(option.choices)) + ".\n";
    }
    return text;
}

// --- changes ---------------------------------------------------------------------------------------------------------

void Options::update(std::map<std::string, OptionValue> const& changes) {
    std::map<std::string, OptionValue> before;
    std::set<std::string> changed;
    // All values are checked before the first one changes.
    for (auto const& [name, value] : changes) check(entry(name).option, value);
    for (auto const& [name, value] : changes) {
        auto& present = entries_.find(name)->second.value;
        if (present == value) continue;
        before.emplace(name, std::exchange(present, value));
        changed.insert(name);
    }
    if (changed.empty()) return;
    try {
        notify(changed);
    } catch (OptionsError const&) {
        for (auto& [name, value] : before) entries_.find(name)->second.value = std::move(value);
        try {
            notify(changed);  // listeners that accepted the new values get the old ones again
        } catch (OptionsError const&) {
            // They accepted the old values before; the first error is the one to report.
        }
        throw;
    }
}

void Options::apply(std::vector<Setting> const& settings) {
    std::map<std::string, std::vector<Setting>> grouped;
    std::vector<Setting> unknown;
    for (auto const& setting : settings) {
        if (contains(setting.name))
            grouped[setting.name].push_back(setting);
        else
            unknown.push_back(setting);
    }
    std::map<std::string, OptionValue> changes;
    for (auto const& [name, group] : grouped) changes.emplace(name, read(entry(name), group));
    update(changes);
    // After update(), which may throw: settings that were refused as a whole leave nothing behind.
    deferred_.insert(deferred_.end(), unknown.begin(), unknown.end());
}

OptionValue Options::read(Entry const& entry, std::vector<Setting> const& settings) const {
    auto const& option = entry.option;
    auto const& text = settings.back().value;
    // A list is replaced as a whole: its repeated settings are its elements, and a setting without value makes it
    // empty.
    if (std::holds_alternative<TextList>(option.initial)) {
        TextList texts;
        for (auto const& setting : settings)
            if (setting.value) texts.push_back(*setting.value);
        return texts;
    }
    if (settings.size() > 1) refuse(option, "is set more than once");
    if (auto const* present = std::get_if<bool>(&entry.value)) return read_bool(option, text, *present);
    if (std::holds_alternative<OptionalText>(option.initial)) return text;
    if (std::holds_alternative<OptionalNumber>(option.initial))
        return text ? OptionalNumber(read_number(option, *text)) : OptionalNumber();
    if (std::holds_alternative<std::string>(option.initial)) return needed(option, text);
    return read_number(option, needed(option, text));
}

std::vector<std::string> Options::deferred() const {
    std::vector<std::string> names;
    for (auto const& setting : deferred_) names.push_back(setting.name);
    return names;
}

void Options::expect_nothing_deferred() const {
    if (deferred_.empty()) return;
    auto const names = to_string(OptionValue(deferred()));
    throw OptionsError("unknown options " + names + "; --options lists those there are");
}

// --- listeners -------------------------------------------------------------------------------------------------------

void Options::notify(std::set<std::string> const& changed) const {
    auto const listeners = listeners_;  // a listener may add or remove others
    for (auto const& [place, listener] : listeners) listener(changed);
}

std::size_t Options::add_listener(Listener listener) {
    listeners_.emplace(next_listener_, std::move(listener));
    return next_listener_++;
}

void Options::remove_listener(std::size_t place) { listeners_.erase(place); }

}  // namespace pathology::proxycore::addons
