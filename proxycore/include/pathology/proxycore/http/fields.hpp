// The fields of a message: names and values in the order, the spelling and the number in which they were sent.
#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pathology::proxycore::http {

/// One field line; both views point into its `Fields`.
struct Field {
    std::string_view name;
    std::string_view value;
    bool operator==(Field const&) const = default;
};

/// Returns true if two field names (or other tokens) are equal without regard to ASCII case (RFC 9110 §5.1).
bool equals_ignoring_case(std::string_view a, std::string_view b);

/// Returns true if a list (`Connection: close, upgrade`) has the element `token`, without regard to case (RFC 9110
/// §5.6.1).
bool list_has_token(std::string_view list, std::string_view token);

class Fields;
/// The digits that all members of all Content-Length fields have in common (RFC 9112 §6.3 rule 5); std::nullopt if there
/// is no such field, or two differ.
std::optional<std::string_view> common_length(Fields const& fields);

/// An ordered multi-dictionary of field lines that changes nothing: no case folding, no joining, no sorting.
///
/// Owns:   all text, in one piece; copying takes two allocations, `clear` keeps the memory for the next message.
/// Views:  valid until the next change of the same object.
/// Source: RFC 9110 §5.
class Fields {
public:
    class const_iterator;
    using value_type = Field;
    using iterator = const_iterator;

    Fields() = default;
    Fields(std::initializer_list<Field> fields);

    /// Appends one line. The views may point into this object.
    void add(std::string_view name, std::string_view value);
    /// Gives `name` exactly one line: the first one keeps its place and spelling, others of that name are removed.
    void set(std::string_view name, std::string_view value);
    /// Gives `name` these values: lines of that name keep place and spelling and take them in order, surplus lines
    /// are removed, further values are appended. The views may point into this object.
    void set_all(std::string_view name, std::span<std::string_view const> values);
    /// Inserts one line before the one at `index`, or at the end. The views may point into this object.
    void insert(std::size_t index, std::string_view name, std::string_view value);
    /// Removes every line called `name`, in any case; returns how many there were.
    std::size_t remove(std::string_view name);
    /// Removes every line for which `predicate(Field)` is true; returns how many there were.
    template <class Predicate> std::size_t remove_if(Predicate predicate) {
        return std::erase_if(lines_, [&](Line const& line) { return predicate(field_of(line)); });
    }
    /// Removes all lines and keeps the memory.
    void clear();

    /// The value of the first line called `name`, in any case.
    std::optional<std::string_view> first(std::string_view name) const;
    /// The values of all lines called `name`, in order.
    std::vector<std::string_view> all(std::string_view name) const;
    /// All of them as one list, joined with ", " (RFC 9110 §5.3). Not for Set-Cookie, whose values contain commas.
    std::optional<std::string> joined(std::string_view name) const;
    /// The names that occur, each once, as spelled the first time.
    std::vector<std::string_view> names() const;
    bool contains(std::string_view name) const { return first(name).has_value(); }
    /// Whether any line called `name` has the list element `token`, in any case.
    bool has_token(std::string_view name, std::string_view token) const;

    std::size_t size() const { return lines_.size(); }
    bool empty() const { return lines_.empty(); }
    Field operator[](std::size_t index) const;
    const_iterator begin() const;
    const_iterator end() const;

    /// Same lines, same order, same spelling.
    bool operator==(Fields const& other) const;

private:
    struct Line {
        std::uint32_t name_at, name_size, value_at, value_size;
    };
    Line append(std::string_view name, std::string_view value);
    Field field_of(Line const& line) const {
        return {{text_.data() + line.name_at, line.name_size}, {text_.data() + line.value_at, line.value_size}};
    }

    std::string text_;  // names and values one after the other; replaced values stay until clear()
    std::vector<Line> lines_;
};

/// Iterates over the lines in order; dereferences to a `Field` by value.
class Fields::const_iterator {
public:
    using iterator_category = std::input_iterator_tag;
    using iterator_concept = std::random_access_iterator_tag;
    using value_type = Field;
    using difference_type = std::ptrdiff_t;
    using reference = Field;
    using pointer = void;

    const_iterator() = default;
    const_iterator(Fields const& fields, difference_type at) : fields_(&fields), at_(at) {}

    Field operator*() const { return (*fields_)[static_cast<std::size_t>(at_)]; }
    Field operator[](difference_type n) const { return *(*this + n); }
    const_iterator& operator+=(difference_type n) { return at_ += n, *this; }
    const_iterator& operator-=(difference_type n) { return at_ -= n, *this; }
    const_iterator& operator++() { return *this += 1; }
    const_iterator& operator--() { return *this -= 1; }
    const_iterator operator++(int) { return std::exchange(*this, *this + 1); }
    const_iterator operator--(int) { return std::exchange(*this, *this - 1); }
    friend const_iterator operator+(const_iterator it, difference_type n) { return it += n; }
    friend const_iterator operator+(difference_type n, const_iterator it) { return it += n; }
    friend const_iterator operator-(const_iterator it, difference_type n) { return it -= n; }
    friend difference_type operator-(const_iterator const& a, const_iterator const& b) { return a.at_ - b.at_; }
    bool operator==(const_iterator const&) const = default;
    auto operator<=>(const_iterator const& other) const { return at_ <=> other.at_; }

private:
    Fields const* fields_ = nullptr;
    difference_type at_ = 0;
};

inline Fields::const_iterator Fields::begin() const { return {*this, 0}; }
inline Fields::const_iterator Fields::end() const { return {*this, static_cast<std::ptrdiff_t>(size())}; }

}  // namespace pathology::proxycore::http
