// The values of a file, and how they are built from the events of a parser.
//
//     YAML ─▶ yaml-cpp ──────┐
//                            ├─ events ─▶ DocumentBuilder ─▶ Value
//     JSON ─▶ nlohmann::json ┘
//
// Neither library has a tree that fits: that of yaml-cpp shares the values of aliases without a limit, and that of
// nlohmann::json has no lines and keeps one of two equal keys.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pathology::proxycore::multiupstream {

struct Entry;

struct Value {
    enum class Kind : std::uint8_t { null, boolean, integer, real, text, list, mapping };

    Value(Kind kind = Kind::null, std::size_t line = 0, std::string text = {});

    Kind kind;
    std::size_t line;            ///< from 1
    std::string text;            ///< of a scalar, as written
    std::vector<Value> items;    ///< of a list
    std::vector<Entry> entries;  ///< of a mapping, in their order; keys may repeat
    std::size_t size = 1;        ///< how many values it is, with all below it
    std::size_t height = 1;      ///< levels
};

struct Entry {
    std::string key;
    std::size_t line = 0;
    Value value;
};

/// For messages: "a list".
std::string_view describe(Value::Kind kind);

struct Place {
    std::size_t line = 0, column = 0;  ///< from 1; column 0: unknown
};

struct DocumentFailure {
    Place place;
    std::string message;
};

/// A plain scalar by the core schema of YAML 1.2 (§10.3.2), which includes the numbers of JSON; never null.
Value::Kind classify(std::string_view plain);

/// Builds the tree. Functions return false at the first failure; no other call may follow it.
///
/// A mapping is begin(), then keys and values in turn, then end().
class DocumentBuilder {
public:
    struct Scalar {
        Value::Kind kind = Value::Kind::null;
        std::string text{};
        bool is_plain = false;  ///< YAML without quotes: as a key, `<<` merges the mapping that is its value
    };

    /// `anchor` 0: none.
    bool begin(Value::Kind kind, Place place, std::size_t anchor = 0);
    bool end();
    bool scalar(Scalar scalar, Place place, std::size_t anchor = 0);
    /// A copy of the value with the anchor.
    bool alias(std::size_t anchor, Place place);
    bool fail(Place place, std::string message);

    bool is_empty() const { return !root_ && open_.empty(); }
    std::optional<DocumentFailure> const& failure() const { return failure_; }
    /// The complete tree, null for an empty file.
    Value take() { return root_ ? std::move(*root_) : Value{}; }

private:
    /// A list or mapping whose end is still to come.
    struct Open {
        Value value;
        std::size_t anchor = 0;
        std::optional<Entry> entry{};  ///< the key that waits for its value
        bool is_merge = false;         ///< that key is `<<`
        std::vector<Value> merged{};   ///< the values of `<<`
    };

    bool count(std::size_t values, std::size_t height, Place place);
    bool add(Value value, std::size_t anchor, bool is_plain, Place place);
    bool add_to_mapping(Open& mapping, Value value, bool is_plain, Place place);
    bool merge(Open& mapping);
    bool merge_mapping(Value& target, Value const& source);

    std::vector<Open> open_;
    std::unordered_map<std::size_t, Value> anchors_;
    std::size_t values_ = 0;
    std::optional<Value> root_;
    std::optional<DocumentFailure> failure_;
};

using ParsedDocument = boost::system::result<Value, DocumentFailure>;

/// A text of one document without tags. Source: YAML 1.2, and the merge key of YAML 1.1.
ParsedDocument parse_yaml(std::string_view text);

/// Source: RFC 8259.
ParsedDocument parse_json(std::string_view text);

}  // namespace pathology::proxycore::multiupstream
