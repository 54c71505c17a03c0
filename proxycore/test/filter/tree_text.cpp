#include "filter/tree_text.hpp"

#include <algorithm>
#include <iterator>

namespace pathology::proxycore::filter {
namespace {

using Kind = Expression::Kind;

struct Name {
    Test test;
    std::string_view name;
    bool has_argument = true;
};
constexpr Name names[] = {
    {Test::all, "All", false},
    {Test::asset, "Asset", false},
    {Test::body, "Bod"},
    {Test::request_body, "BodReq"},
    {Test::response_body, "BodResp"},
    {Test::status, "Code"},
    {Test::comment, "Comment"},
    {Test::domain, "Dom"},
    {Test::dns, "DNS", false},
    {Test::destination, "Dst"},
    {Test::error, "Err", false},
    {Test::header, "Head"},
    {Test::request_header, "HeadReq"},
    {Test::response_header, "HeadResp"},
    {Test::http, "HTTP", false},
    {Test::method, "Method"},
    {Test::marked, "Marked", false},
    {Test::marker, "Marker"},
    {Test::metadata, "Meta"},
    {Test::request, "Req", false},
    {Test::replay, "Replay", false},
    {Test::replayed_request, "ReplayReq", false},
    {Test::replayed_response, "ReplayResp", false},
    {Test::response, "Resp", false},
    {Test::source, "Src"},
    {Test::content_type, "CT"},
    {Test::tcp, "TCP", false},
    {Test::request_content_type, "CTReq"},
    {Test::response_content_type, "CTResp"},
    {Test::url, "Url"},
    {Test::udp, "UDP", false},
    {Test::websocket, "WebSocket", false},
};

std::string argument_text(Expression const& test) {
    auto text = test.test == Test::status ? std::to_string(test.number) : test.text;
    for (std::size_t at = 0; (at = text.find('\n', at)) != text.npos;) text.replace(at, 1, "<LF>");
    return text;
}

std::string_view name_of(Kind kind) {
    if (kind == Kind::negation) return "Not";
    return kind == Kind::all_of ? "And" : "Or";
}

}  // namespace

std::string tree_text(Expression const& expression) {
    if (expression.kind == Kind::test) {
        auto const* const found = std::ranges::find(names, expression.test, &Name::test);
        if (found == std::end(names)) return "?";
        return std::string(found->name) + (found->has_argument ? "[" + argument_text(expression) + "]" : "");
    }
    auto text = std::string(name_of(expression.kind)) + "(";
    for (auto const& operand : expression.operands) text += (text.back() == '(' ? "" : ", ") + tree_text(operand);
    return text + ")";
}

}  // namespace pathology::proxycore::filter
