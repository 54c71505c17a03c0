// The fields of a mapping in a file, read with a mistake for each that is wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <pathology/proxycore/multiupstream/configuration.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "multiupstream/document.hpp"

namespace pathology::proxycore::multiupstream {

/// What is wrong with all files.
class Findings {
public:
    void report(Mistake mistake) { add(mistakes_, std::move(mistake)); }
    void warn(Mistake warning) { add(warnings_, std::move(warning)); }

    std::vector<Mistake>& mistakes() { return mistakes_; }
    std::vector<Mistake>& warnings() { return warnings_; }

private:
    static void add(std::vector<Mistake>& list, Mistake mistake);

    std::vector<Mistake> mistakes_, warnings_;
};

/// A mapping at a place: `path` is that of its field, such as proxies[1], and empty for that of the whole file.
/// Refers to file, mapping and findings. Each read reports what is wrong and then returns nothing.
class Fields {
public:
    enum class Presence : std::uint8_t { optional, required };

    /// Reports keys that are there twice; the first of them counts.
    Fields(Findings& findings, std::string const& file, std::string path, Value const& mapping);

    std::string const& file() const { return *file_; }
    Value const& mapping() const { return *mapping_; }
    /// `path.name`; of a key that is no name only what precedes the first other character, for it may be a value.
    std::string path_of(std::string_view name) const;

    Value const* find(std::string_view name) const;
    std::optional<std::string> read_text(std::string_view name, Presence presence);
    /// The same, but refuses an empty one.
    std::optional<std::string> read_word(std::string_view name, Presence presence);
    std::optional<std::uint64_t> read_integer(std::string_view name, std::uint64_t min, std::uint64_t max,
                                              Presence presence);
    /// A list of at least one item.
    Value const* read_list(std::string_view name);

    /// Reports fields with other names.
    void refuse_all_but(std::initializer_list<std::string_view> known);
    void report(std::string_view name, std::string message);
    void warn(std::string_view name, std::string message);

private:
    Value const* find(std::string_view name, Presence presence);
    Mistake mistake(std::string_view name, std::string message) const;
    void report_kind(std::string_view name, std::string_view expected, Value const& value);

    Findings* findings_;
    std::string const* file_;
    std::string path_;
    Value const* mapping_;
};

/// "a, b, c"
std::string joined(std::initializer_list<std::string_view> words);

}  // namespace pathology::proxycore::multiupstream
