#include <pathology/kit/match.hpp>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <ostream>
#include <pathology/kit/daemon.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/pattern/pattern.hpp>
#include <pathology/proxycore/percent.hpp>
#include <utility>

#include "compiled_match.hpp"

namespace pathology::kit {
namespace {

namespace filter = proxycore::filter;
namespace http = proxycore::http;
namespace pattern = proxycore::pattern;
using pathod::IncomingRequest;

using Values = std::vector<std::string>;

std::string_view path_of(IncomingRequest const& request) { return request.path.substr(0, request.path.find('?')); }

std::string form_decoded(std::string_view text) {
    return proxycore::percent_decode(boost::algorithm::replace_all_copy(std::string(text), "+", " "));
}

/// The values of a query parameter, in their order.
Values query_values(IncomingRequest const& request, std::string_view name) {
    Values values;
    auto const mark = request.path.find('?');
    auto rest = mark == std::string_view::npos ? std::string_view() : request.path.substr(mark + 1);
    while (!rest.empty()) {
        auto const pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
        auto const equals = pair.find('=');
        if (form_decoded(pair.substr(0, equals)) != name) continue;
        values.push_back(equals == std::string_view::npos ? std::string() : form_decoded(pair.substr(equals + 1)));
    }
    return values;
}

Values header_values(IncomingRequest const& request, std::string_view name) {
    auto const* fields = request.subject.fields(filter::Side::request);
    if (fields == nullptr) return {};
    auto const values = fields->all(name);
    return {values.begin(), values.end()};
}

std::string shown(Values const& values) {
    if (values.empty()) return "none";
    std::string text;
    for (auto const& value : values) text += (text.empty() ? "" : ", ") + http::quoted(value);
    return text;
}

bool one_matches(Values const& values, TextMatch const& match) {
    return std::any_of(values.begin(), values.end(), [&](auto const& value) { return match.matches(value); });
}

/// Collects differences up to a limit.
class Comparison {
public:
    explicit Comparison(std::size_t limit) : limit_(limit) {}

    bool is_full() const { return found_.size() >= limit_; }
    void add(std::string field, std::string expected, std::string got) {
        if (!is_full()) found_.push_back({std::move(field), std::move(expected), std::move(got)});
    }
    std::vector<Difference> take() { return std::move(found_); }

private:
    std::size_t limit_;
    std::vector<Difference> found_;
};

void compare_body(IncomingRequest const& request, TextMatch const& expected, Comparison& result) {
    constexpr std::uint64_t max_content = 8ULL << 20U;
    std::string buffer;
    auto const content = request.subject.content(filter::Side::request, max_content, buffer);
    bool const is_whole = content.state == filter::Content::State::whole;
    if (is_whole && expected.matches(content.bytes)) return;
    result.add("body", expected.words(), is_whole ? http::quoted(content.bytes, 400) : "one longer than keep_bytes");
}

}  // namespace

// --- texts ----------------------------------------------------------------------------------------------------------

TextMatch::TextMatch(std::string text) : words_(http::quoted(text, 400)) {
    test_ = [text = std::move(text)](std::string_view other) { return other == text; };
}

TextMatch regex(std::string_view pattern) {
    (void)pattern::Pattern::compile(pattern).value();  // for an error at its own place
    auto const whole = pattern::Pattern::compile("\\A(?:" + std::string(pattern) + ")\\z").value();
    return {[whole](std::string_view text) { return whole.matches(text).value(); },
            "matches " + http::quoted(pattern, 400)};
}

TextMatch contains(std::string part) {
    auto words = "contains " + http::quoted(part, 400);
    auto test = [part = std::move(part)](std::string_view text) { return text.find(part) != text.npos; };
    return {std::move(test), std::move(words)};
}

TextMatch starts_with(std::string beginning) {
    auto words = "starts with " + http::quoted(beginning, 400);
    auto test = [beginning = std::move(beginning)](std::string_view text) { return text.starts_with(beginning); };
    return {std::move(test), std::move(words)};
}

// --- printing -------------------------------------------------------------------------------------------------------

std::string to_string(RequestMatch const& match) {
    std::string text;
    auto const add = [&text](std::string const& part) { text += (text.empty() ? "" : ", ") + part; };
    if (!match.method.empty()) add("method " + http::quoted(match.method));
    if (match.path) add("path " + match.path->words());
    for (auto const& [name, value] : match.query) add("query " + name + " " + value.words());
    for (auto const& [name, value] : match.headers) add("header " + name + " " + value.words());
    if (match.body) add("body " + match.body->words());
    if (!match.filter.empty()) add("filter " + match.filter);
    return text.empty() ? "every request" : text;
}

std::ostream& operator<<(std::ostream& out, RequestMatch const& match) { return out << to_string(match); }

// --- comparing ------------------------------------------------------------------------------------------------------

CompiledMatch::CompiledMatch(RequestMatch match) : match_(std::move(match)) {
    if (match_.filter.empty()) return;
    auto parsed = filter::Filter::parse(match_.filter);
    if (!parsed) throw DaemonError(describe(parsed.error(), match_.filter));
    filter_ = std::move(*parsed);
}

std::size_t CompiledMatch::fields() const {
    return std::size_t(!match_.method.empty()) + std::size_t(match_.path.has_value()) + match_.query.size() +
           match_.headers.size() + std::size_t(match_.body.has_value()) + std::size_t(filter_.has_value());
}

std::vector<Difference> CompiledMatch::differences(IncomingRequest const& request, std::size_t limit) const {
    Comparison result(limit);
    auto const method = request.subject.method().value_or("");
    if (!match_.method.empty() && method != match_.method)
        result.add("method", http::quoted(match_.method), http::quoted(method));
    if (match_.path && !match_.path->matches(path_of(request)))
        result.add("path", match_.path->words(), http::quoted(path_of(request), 400));
    for (auto const& [name, value] : match_.query) {
        auto const values = query_values(request, name);
        if (!one_matches(values, value)) result.add("query " + name, value.words(), shown(values));
    }
    for (auto const& [name, value] : match_.headers) {
        auto const values = header_values(request, name);
        if (!one_matches(values, value)) result.add("header " + name, value.words(), shown(values));
    }
    // The content is asked for last: before the end of the request it is not final.
    if (result.is_full()) return result.take();
    if (match_.body) compare_body(request, *match_.body, result);
    if (!filter_ || result.is_full()) return result.take();
    auto const matched = filter_->matches(request.subject);
    if (!matched)
        result.add("filter", match_.filter, "not decided: " + matched.error().message);
    else if (!*matched)
        result.add("filter", match_.filter, "no match");
    return result.take();
}

}  // namespace pathology::kit
