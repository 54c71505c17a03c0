// The options of the proxy and of its addons: typed, with help, set from text; listeners are called for changes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pathology::proxycore::addons {

using OptionalNumber = std::optional<std::int64_t>;
using OptionalText = std::optional<std::string>;
using TextList = std::vector<std::string>;

/// A value; the alternative is the type of its option.
using OptionValue = std::variant<bool, std::int64_t, OptionalNumber, std::string, OptionalText, TextList>;

/// "bool", "int", "optional int", "text", "optional text", "list of text".
std::string_view type_of(OptionValue const& value);

/// The text after `=` that gives this value; a list in brackets; empty for an optional without value.
std::string to_string(OptionValue const& value);

/// An option as it is declared.
struct Option {
    std::string name;
    OptionValue initial;  ///< the default, and with it the type
    std::string help{};
    std::vector<std::string> choices{};  ///< allowed texts; empty = any
};

/// The argument of `--set`: `name`, `name=value`.
struct Setting {
    std::string name;
    std::optional<std::string> value{};
    bool operator==(Setting const&) const = default;
};
/// Errors: throws OptionsError if there is no name.
Setting parse_setting(std::string_view text);

/// All options. Listeners are called after each change; if one of them throws OptionsError, the change is undone.
///
/// Errors: OptionsError, naming the option and its valid values, for unknown names, wrong types and values.
/// Thread: not thread-safe.
class Options {
public:
    /// Called with the names of the options that changed.
    using Listener = std::function<void(std::set<std::string> const& changed)>;

    /// Declares an option, and applies the settings that were deferred for it. The same declaration may be repeated.
    /// Errors: the name has another declaration; a deferred setting does not fit.
    void declare(Option option);

    /// Removes one declaration. The option is removed with its last declaration.
    void withdraw(std::string const& name);
    /// Sets options to values that they had before, without calling listeners. Unknown names and values of another type
    /// are ignored.
    void restore(std::map<std::string, OptionValue> const& values);

    bool contains(std::string_view name) const;
    Option const& declaration(std::string_view name) const;
    OptionValue const& value(std::string_view name) const;
    /// The value as a T, one of OptionValue's types.
    template <class T> T const& get(std::string_view name) const {
        auto const* const found = std::get_if<T>(&value(name));
        if (found == nullptr) refuse_type(name);
        return *found;
    }

    /// Changes several options together.
    void update(std::map<std::string, OptionValue> const& changes);
    void set(std::string const& name, OptionValue value) { update({{name, std::move(value)}}); }

    /// Applies settings of the command line. Without a value a bool becomes true, an optional or a list empty; `toggle`
    /// inverts a bool; a list gets all values of its settings. Settings of names that are not declared are deferred
    /// until they are.
    void apply(std::vector<Setting> const& settings);
    /// The names of deferred settings.
    std::vector<std::string> deferred() const;
    /// Errors: throws if a setting is deferred.
    void expect_nothing_deferred() const;

    std::vector<std::string> names() const;
    /// For `--options`: a paragraph for each, in the order of their names.
    std::string describe() const;

    /// Returns a number for remove_listener().
    std::size_t add_listener(Listener listener);
    void remove_listener(std::size_t place);

private:
    struct Entry {
        Option option;
        OptionValue value;
        std::size_t declarations = 1;
    };
    [[noreturn]] void refuse_type(std::string_view name) const;
    Entry const& entry(std::string_view name) const;
    OptionValue read(Entry const& entry, std::vector<Setting> const& settings) const;
    void notify(std::set<std::string> const& changed) const;

    std::map<std::string, Entry, std::less<>> entries_;
    std::map<std::size_t, Listener> listeners_;
    std::size_t next_listener_ = 0;
    std::vector<Setting> deferred_;
};

}  // namespace pathology::proxycore::addons
