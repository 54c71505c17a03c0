#include <pathology/proxycore/websocket/extension.hpp>

#include "token.hpp"

namespace pathology::proxycore::websocket {
namespace {

/// Reads the grammar of RFC 6455 §9.1, white space as in RFC 9110 §5.6.1.
//     list       =  extension *( "," extension )              empty elements are skipped
//     extension  =  token *( ";" token [ "=" ( token / quoted token ) ] )
class ListReader {
public:
    explicit ListReader(std::string_view text) : text_(text) {}

    std::optional<std::vector<Extension>> read() {
        std::vector<Extension> list;
        for (skip_space(); !text_.empty(); skip_space()) {
            if (take(',')) continue;  // an empty element
            auto extension = read_extension();
            if (!extension) return std::nullopt;
            list.push_back(std::move(*extension));
            skip_space();
            if (!text_.empty() && text_.front() != ',') return std::nullopt;
        }
        return list;
    }

private:
    std::optional<Extension> read_extension() {
        Extension extension;
        extension.name = read_token();
        if (extension.name.empty()) return std::nullopt;
        for (skip_space(); take(';'); skip_space()) {
            skip_space();
            auto& parameter = extension.parameters.emplace_back();
            parameter.name = read_token();
            if (parameter.name.empty()) return std::nullopt;
            skip_space();
            if (!take('=')) continue;
            skip_space();
            parameter.value = read_value();
            if (parameter.value->empty()) return std::nullopt;
        }
        return extension;
    }

    /// Empty if it is neither a token nor a quoted token.
    std::string read_value() {
        if (!take('"')) return read_token();
        std::string value;
        while (!text_.empty() && text_.front() != '"') {
            // A quoted value must be a token after unescaping (RFC 6455 §9.1).
            take('\\');
            if (text_.empty() || !is_token_char(text_.front())) return {};
            value += text_.front();
            text_.remove_prefix(1);
        }
        return take('"') ? value : std::string();
    }

    std::string read_token() {
        std::size_t size = 0;
        while (size < text_.size() && is_token_char(text_[size])) ++size;
        std::string token(text_.substr(0, size));
        text_.remove_prefix(size);
        return token;
    }

    bool take(char c) {
        if (text_.empty() || text_.front() != c) return false;
        text_.remove_prefix(1);
        return true;
    }

    void skip_space() {
        while (take(' ') || take('\t')) {
        }
    }

    std::string_view text_;
};

}  // namespace

std::optional<std::vector<Extension>> parse_extensions(std::string_view list) { return ListReader(list).read(); }

std::optional<std::vector<Extension>> parse_extensions(http::Fields const& fields) {
    std::vector<Extension> all;
    // Several fields are one list, in their order, which is that of preference.
    for (auto const value : fields.all("Sec-WebSocket-Extensions")) {
        auto some = parse_extensions(value);
        if (!some) return std::nullopt;
        for (auto& extension : *some) all.push_back(std::move(extension));
    }
    return all;
}

std::string to_string(Extension const& extension) {
    auto text = extension.name;
    for (auto const& [name, value] : extension.parameters) {
        text += "; " + name;
        if (value) text += "=" + *value;
    }
    return text;
}

}  // namespace pathology::proxycore::websocket
