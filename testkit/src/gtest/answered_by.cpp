// AnsweredBy(): compares a resolved response with a spec.
//
//     recorded: "200:b@10:h'Content-Length'='10'" ─▶ parse ─────────────────────▶ print ─┐
//     expected: "200:b@10"                        ─▶ parse ─▶ resolve, any seed ─▶ print ─┴─▶ equal?
//
// Random offsets differ between the two; those that the expected spec leaves open are excluded.

#include <pathology/language/parse.hpp>
#include <pathology/language/print.hpp>
#include <pathology/language/resolve.hpp>
#include <pathology/testkit/matchers.hpp>
#include <vector>

namespace pathology::testkit {
namespace {

using Messages = std::vector<language::Message>;

language::Protocol protocol_of(Request const& request) {
    return request.stream ? language::Protocol::http2 : language::Protocol::http1;
}

language::Parsed<Messages> parse(std::string_view spec, language::Protocol protocol) {
    if (protocol == language::Protocol::http2) return language::parse_http2_responses(spec);
    return language::parse_responses(spec);
}

/// The text of a resolved message in which the offsets that are random in `unspecified` are `r` again.
std::string comparable(language::Message message, language::Message const& unspecified) {
    std::size_t position = 0;
    auto const& written = language::features(unspecified);
    for (auto& feature : language::features(message)) {
        if (position >= written.size()) break;
        auto const& original = written[position++];
        auto const is_random = std::visit(
            [](auto const& is) {
                if constexpr (requires { is.at; }) return is.at.kind == language::Offset::Kind::random;
                return false;
            },
            original.is);
        if (!is_random) continue;
        std::visit(
            [](auto& is) {
                if constexpr (requires { is.at; }) is.at = language::Offset{language::Offset::Kind::random, 0};
            },
            feature.is);
    }
    return language::print(message);
}

bool is_same(language::Message const& given, language::Message const& wanted, language::Settings const& settings) {
    if (language::times(given) != language::times(wanted)) return false;
    // The positions of features are compared, so `xN`, which may be written anywhere, is left out.
    auto const one_given = language::without_times(given);
    auto const one_wanted = language::without_times(wanted);
    language::Rng rng(0);
    auto const resolved = language::resolve(one_wanted, settings, rng);
    if (!resolved)
        // The content of files is not compared.
        return language::print(one_given).starts_with(language::print(one_wanted));
    return comparable(one_given, one_wanted) == comparable(*resolved, one_wanted);
}

bool is_answered_by(Request const& request, std::string_view spec, testing::MatchResultListener& listener) {
    auto const protocol = protocol_of(request);
    auto const wanted = parse(spec, protocol);
    if (!wanted) {
        listener << "but the spec to compare with is invalid:\n" << language::describe(wanted.error(), spec);
        return false;
    }
    constexpr std::size_t max_shown = 400;
    listener << "whose response is " << std::string_view(request.response.spec).substr(0, max_shown);
    auto const given = parse(request.response.spec, protocol);
    if (!given || given->size() != wanted->size()) return false;
    language::Settings settings;
    settings.protocol = protocol;
    settings.websocket_key = request.header("Sec-WebSocket-Key");
    settings.files = language::FileAccess::none();
    for (std::size_t i = 0; i < given->size(); ++i) {
        if (!is_same((*given)[i], (*wanted)[i], settings)) return false;
    }
    return true;
}

}  // namespace

RequestMatcher AnsweredBy(std::string_view spec) {
    std::string const text(spec);
    auto const match = [text](Request const& request, testing::MatchResultListener& listener) {
        return is_answered_by(request, text, listener);
    };
    return RequestMatcher({"is answered by " + text, "is not answered by " + text}, match);
}

}  // namespace pathology::testkit
