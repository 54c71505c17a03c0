// Names with values, in order and with repetitions: queries, forms, cookies. And a view of one inside something else.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pathology::proxycore::flow {

/// Name and value, both any bytes.
using Item = std::pair<std::string, std::string>;
using Items = std::vector<Item>;

/// An ordered multi-dictionary with exact names; http::Fields is the one that ignores case.
class MultiDict {
public:
    MultiDict() = default;
    MultiDict(Items items) : items_(std::move(items)) {}
    MultiDict(std::initializer_list<Item> items) : items_(items) {}

    /// The first value of that name.
    std::optional<std::string> get(std::string_view name) const;
    /// All of them, in order.
    std::vector<std::string> get_all(std::string_view name) const;
    bool contains(std::string_view name) const { return get(name).has_value(); }
    /// The names that occur, each once, in the order of their first time.
    std::vector<std::string> keys() const;
    /// Values of repeated names as lists.
    std::map<std::string, std::vector<std::string>> to_map() const;
    /// Every pair.
    Items const& items() const& { return items_; }
    Items items() && { return std::move(items_); }
    std::size_t size() const { return items_.size(); }
    bool empty() const { return items_.empty(); }

    /// Sets one value: the first pair of that name keeps its place, others are removed.
    void set(std::string_view name, std::string_view value);
    /// Sets these values in order: existing pairs keep their places, surplus pairs are removed, further values are
    /// appended.
    void set_all(std::string_view name, std::vector<std::string> const& values);
    void add(std::string_view name, std::string_view value);
    /// Before the pair at `index`, or at the end.
    void insert(std::size_t index, std::string_view name, std::string_view value);
    /// Removes every pair of that name; returns how many there were.
    std::size_t remove(std::string_view name);

    bool operator==(MultiDict const&) const = default;

private:
    Items items_;
};

/// A multi-dictionary that lives inside a message: reading computes it, each change is written back at once.
///
/// Owns: nothing; the message must outlive the view, and not be moved.
class MultiDictView {
public:
    using Read = std::function<MultiDict()>;
    using Write = std::function<void(MultiDict const&)>;
    MultiDictView(Read read, Write write) : read_(std::move(read)), write_(std::move(write)) {}

    MultiDict read() const { return read_(); }
    operator MultiDict() const { return read_(); }
    std::optional<std::string> get(std::string_view name) const { return read_().get(name); }
    std::vector<std::string> get_all(std::string_view name) const { return read_().get_all(name); }
    bool contains(std::string_view name) const { return read_().contains(name); }
    std::vector<std::string> keys() const { return read_().keys(); }
    Items items() const { return read_().items(); }
    std::size_t size() const { return read_().size(); }
    bool empty() const { return read_().empty(); }

    void assign(MultiDict const& items) { write_(items); }
    void set(std::string_view name, std::string_view value);
    void set_all(std::string_view name, std::vector<std::string> const& values);
    void add(std::string_view name, std::string_view value);
    void insert(std::size_t index, std::string_view name, std::string_view value);
    std::size_t remove(std::string_view name);

private:
    Read read_;
    Write write_;
};

}  // namespace pathology::proxycore::flow
