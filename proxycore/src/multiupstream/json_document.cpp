// JSON, by the events of nlohmann::json. They have no lines, so the iterator that it reads by counts them.

#include <iterator>
#include <nlohmann/json.hpp>
#include <pathology/proxycore/ascii.hpp>

#include "multiupstream/document.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

/// The place of the byte that was read last.
struct Reading {
    Place place{1, 0};
    bool is_at_line_end = false;

    void read(char c) {
        if (is_at_line_end) place = {place.line + 1, 0};
        is_at_line_end = c == '\n';
        ++place.column;
    }
};

class CountingIterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = char const*;
    using reference = char const&;

    CountingIterator(char const* at, Reading& reading) : at_(at), reading_(&reading) {}
    reference operator*() const { return *at_; }
    CountingIterator& operator++() {
        reading_->read(*at_++);
        return *this;
    }
    bool operator==(CountingIterator const& other) const { return at_ == other.at_; }

private:
    char const* at_;
    Reading* reading_;
};

/// nlohmann::json calls these functions by their names. A token never spans lines, and the last byte read is in that of
/// the token: behind a number it is the next one, but its line ends only with the byte after that.
class JsonEvents {
public:
    explicit JsonEvents(Reading const& reading) : reading_(reading) {}

    bool null() { return scalar(Value::Kind::null, {}); }
    bool boolean(bool value) { return scalar(Value::Kind::boolean, value ? "true" : "false"); }
    bool number_integer(std::int64_t value) { return scalar(Value::Kind::integer, std::to_string(value)); }
    bool number_unsigned(std::uint64_t value) { return scalar(Value::Kind::integer, std::to_string(value)); }
    /// An integer too, if it has more digits than the types above.
    bool number_float(double /*value*/, std::string const& text) { return scalar(classify(text), text); }
    bool string(std::string& value) { return scalar(Value::Kind::text, value); }
    bool binary(std::vector<std::uint8_t>& /*value*/) { return false; }  // not in JSON
    bool start_object(std::size_t /*size*/) { return builder_.begin(Value::Kind::mapping, reading_.place); }
    bool key(std::string& value) { return scalar(Value::Kind::text, value); }
    bool end_object() { return builder_.end(); }
    bool start_array(std::size_t /*size*/) { return builder_.begin(Value::Kind::list, reading_.place); }
    bool end_array() { return builder_.end(); }

    bool parse_error(std::size_t /*position*/, std::string const& /*token*/, nlohmann::json::exception const& error) {
        constexpr int number_overflow = 406;
        return builder_.fail(reading_.place, error.id == number_overflow ? "a number that no double can hold"
                                                                         : sentence_of(error.what()));
    }

    DocumentBuilder& builder() { return builder_; }

private:
    bool scalar(Value::Kind kind, std::string text) { return builder_.scalar({kind, std::move(text)}, reading_.place); }

    /// Without the class of the error and the place before the sentence, and without the token after it, which may be a
    /// password.
    static std::string sentence_of(std::string_view what) {
        what.remove_prefix(std::min(what.find("] "), what.size() - 2) + 2);
        if (auto const begin = what.find("syntax error"); begin != what.npos) what.remove_prefix(begin);
        return std::string(what.substr(0, what.find("; last read: ")));
    }

    Reading const& reading_;
    DocumentBuilder builder_;
};

}  // namespace

ParsedDocument parse_json(std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (ascii::trimmed(text.substr(text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0)).empty())
        return Value{};
    Reading reading;
    JsonEvents events(reading);
    CountingIterator const begin(text.data(), reading), end(text.data() + text.size(), reading);
    if (!nlohmann::json::sax_parse(begin, end, &events)) return *events.builder().failure();
    return events.builder().take();
}

}  // namespace pathology::proxycore::multiupstream
