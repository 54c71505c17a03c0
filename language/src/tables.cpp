// Tables of the original programs: user agents, reason phrases, alphabets.

#include <algorithm>
#include <array>
#include <numeric>
#include <pathology/language/generator.hpp>
#include <pathology/language/tables.hpp>

namespace pathology::language {
namespace {

constexpr std::array user_agents = {
    KnownUserAgent{"android", 'a', "Mozilla/5.0 (Linux; U; Android 4.1.1; en-gb; Nexus 7 Build/JRO03D) AFL/01.04.02"},
    KnownUserAgent{"blackberry", 'l',
                   "Mozilla/5.0 (BlackBerry; U; BlackBerry 9900; en) AppleWebKit/534.11+ (KHTML, like Gecko)"
                   " Version/7.1.0.346 Mobile Safari/534.11+"},
    KnownUserAgent{"bingbot", 'b', "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"},
    KnownUserAgent{"chrome", 'c',
                   "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.1 (KHTML, like Gecko) Chrome/22.0.12"
                   "07.1 Safari/537.1"},
    KnownUserAgent{"firefox", 'f', "Mozilla/5.0 (Windows NT 6.1; Win64; x64; rv:14.0) Gecko/20120405 Firefox/14.0a1"},
    KnownUserAgent{"googlebot", 'g', "Googlebot/2.1 (+http://www.googlebot.com/bot.html)"},
    KnownUserAgent{"ie9", 'i', "Mozilla/5.0 (Windows; U; MSIE 9.0; WIndows NT 9.0; en-US)"},
    KnownUserAgent{"ipad", 'p',
                   "Mozilla/5.0 (iPad; CPU OS 5_1 like Mac OS X) AppleWebKit/534.46 (KHTML, like Gecko) Vers"
                   "ion/5.1 Mobile/9B176 Safari/7534.48.3"},
    KnownUserAgent{"iphone", 'h',
                   "Mozilla/5.0 (iPhone; CPU iPhone OS 4_2_1 like Mac OS X) AppleWebKit/533.17.9 (KHTML, lik"
                   "e Gecko) Version/5.0.2 Mobile/8C148a Safari/6533.18.5"},
    KnownUserAgent{"safari", 's',
                   "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_7_3) AppleWebKit/534.55.3 (KHTML, like Gecko) "
                   "Version/5.1.3 Safari/534.53.10"},
};

struct KnownReason {
    std::string_view code;
    std::string_view phrase;
};

// Sorted by code, for the binary search. Some phrases differ from RFC 9110: they are those of the original, and a spec
// has to produce the same bytes.
constexpr std::array reasons = {
    KnownReason{"100", "Continue"},
    KnownReason{"101", "Switching Protocols"},
    KnownReason{"200", "OK"},
    KnownReason{"201", "Created"},
    KnownReason{"202", "Accepted"},
    KnownReason{"203", "Non-Authoritative Information"},
    KnownReason{"204", "No Content"},
    KnownReason{"205", "Reset Content."},
    KnownReason{"206", "Partial Content"},
    KnownReason{"207", "Multi-Status"},
    KnownReason{"300", "Multiple Choices"},
    KnownReason{"301", "Moved Permanently"},
    KnownReason{"302", "Found"},
    KnownReason{"303", "See Other"},
    KnownReason{"304", "Not Modified"},
    KnownReason{"305", "Use Proxy"},
    KnownReason{"307", "Temporary Redirect"},
    KnownReason{"400", "Bad Request"},
    KnownReason{"401", "Unauthorized"},
    KnownReason{"402", "Payment Required"},
    KnownReason{"403", "Forbidden"},
    KnownReason{"404", "Not Found"},
    KnownReason{"405", "Method Not Allowed"},
    KnownReason{"406", "Not Acceptable"},
    KnownReason{"407", "Proxy Authentication Required"},
    KnownReason{"408", "Request Time-out"},
    KnownReason{"409", "Conflict"},
    KnownReason{"410", "Gone"},
    KnownReason{"411", "Length Required"},
    KnownReason{"412", "Precondition Failed"},
    KnownReason{"413", "Request Entity Too Large"},
    KnownReason{"414", "Request-URI Too Long"},
    KnownReason{"415", "Unsupported Media Type"},
    KnownReason{"416", "Requested Range not satisfiable"},
    KnownReason{"417", "Expectation Failed"},
    KnownReason{"418", "I'm a teapot"},
    KnownReason{"499", "Client Closed Request"},
    KnownReason{"500", "Internal Server Error"},
    KnownReason{"501", "Not Implemented"},
    KnownReason{"502", "Bad Gateway"},
    KnownReason{"503", "Service Unavailable"},
    KnownReason{"504", "Gateway Time-out"},
    KnownReason{"505", "HTTP Version not supported"},
    KnownReason{"507", "Insufficient Storage Space"},
    KnownReason{"510", "Not Extended"},
};

struct KnownDataType {
    std::string_view name;
    std::string_view symbols;
};

constexpr std::array<char, 256> every_byte = [] {
    std::array<char, 256> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i);
    return bytes;
}();

// In the order of the DataType enumerators.
constexpr std::array data_types = {
    KnownDataType{"ascii_letters", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    KnownDataType{"ascii_lowercase", "abcdefghijklmnopqrstuvwxyz"},
    KnownDataType{"ascii_uppercase", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    KnownDataType{"digits", "0123456789"},
    KnownDataType{"hexdigits", "0123456789abcdefABCDEF"},
    KnownDataType{"octdigits", "01234567"},
    KnownDataType{"punctuation", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"},
    KnownDataType{"whitespace", " \t\n\r\v\f"},
    KnownDataType{"ascii",
                  "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                  "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ \t\n\r\v\f"},
    KnownDataType{"bytes", {every_byte.data(), every_byte.size()}},
};

}  // namespace

std::span<KnownUserAgent const> known_user_agents() { return user_agents; }

std::optional<std::string_view> user_agent_string(std::string_view shortcut) {
    auto const found = std::find_if(user_agents.begin(), user_agents.end(), [&](KnownUserAgent const& known) {
        return known.name == shortcut || std::string_view(&known.shortcut, 1) == shortcut;
    });
    if (found == user_agents.end()) return std::nullopt;
    return found->string;
}

std::string_view reason_phrase(std::string_view code) {
    // Codes are sent as written but looked up as numbers: `00200` is OK.
    code.remove_prefix(std::min(code.find_first_not_of('0'), code.size()));
    auto const found =
        std::lower_bound(reasons.begin(), reasons.end(), code,
                         [](KnownReason const& known, std::string_view wanted) { return known.code < wanted; });
    // "Unknown code" is the phrase of the original.
    return found != reasons.end() && found->code == code ? found->phrase : "Unknown code";
}

std::string_view alphabet(DataType type) { return data_types[static_cast<std::size_t>(type)].symbols; }

std::string_view name(DataType type) { return data_types[static_cast<std::size_t>(type)].name; }

}  // namespace pathology::language
