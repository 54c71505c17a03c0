// The options of the proxy and of its addons: typed, with help, set from text, told to whom they concern.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <pathology/proxycore/addons/option_value.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::addons {

/// An option as it is declared.
struct Option {
    std::string name;
    OptionValue initial;  ///< the default, and with it the type
    std::string help{};
    std::vector<std::string> choices{};  ///< what a text may be; empty = anything
};

/// The argument of `--set`: `name`, `name=value`.
struct Setting {
    std::string name;
    std::optional<std::string> value{};
    bool operator==(Setting const&) const = default;
};
/// Errors: throws OptionsError when there is no name.
Setting parse_setting(std::string_view text);

/// All options. Every change is told to the listeners; when one of them throws OptionsError, it has not happened.
///
/// Errors: OptionsError, naming the option and what it takes, for unknown names, wrong types and values.
/// Thread: one at a time.
class Options {
public:
    /// Called with the names that changed.
    using Listener = std::function<void(std::set<std::string> const& changed)>;

    /// Declares an option. Settings that were deferred for it are applied. The same declaration again changes nothing.
    /// Errors: a name that is taken by another declaration; a deferred setting that does not fit.
    void declare(Option option);

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

    /// Reads settings as the command line gives them. Without a value a bool becomes true, an optional empty, a list
    /// empty; `toggle` turns a bool over; a list gets all values of its settings. Names that nobody has declared yet
    /// wait until somebody does.
    void apply(std::vector<Setting> const& settings);
    /// What still waits.
    std::vector<std::string> deferred() const;
    /// Errors: throws when something still waits.
    void expect_nothing_deferred() const;

    std::vector<std::string> names() const;
    /// For `--options`: a paragraph for each, in the order of their names.
    std::string describe() const;

    /// Returns the place of the listener, for remove_listener().
    std::size_t add_listener(Listener listener);
    void remove_listener(std::size_t place);

private:
    struct Entry {
        Option option;
        OptionValue value;
    };
    [[noreturn]] void refuse_type(std::string_view name) const;
    Entry const& entry(std::string_view name) const;
    OptionValue read(Entry const& entry, std::vector<Setting> const& settings) const;
    void tell(std::set<std::string> const& changed) const;

    std::map<std::string, Entry, std::less<>> entries_;
    std::map<std::size_t, Listener> listeners_;
    std::size_t next_listener_ = 0;
    std::vector<Setting> deferred_;
};

}  // namespace pathology::proxycore::addons
