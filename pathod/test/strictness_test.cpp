#include "strictness.hpp"

#include <gtest/gtest.h>

#include "support/row_name.hpp"

namespace pathology::pathod {
namespace {

struct JudgementCase {
    std::string_view name, method, target, authority;
    unsigned status;  // 0 = accepted
    std::string_view host = {};
};
void PrintTo(JudgementCase const& row, std::ostream* out) { *out << row.name; }
class JudgementOfHttp2 : public testing::TestWithParam<JudgementCase> {};

TEST_P(JudgementOfHttp2, HasAStatus) {
    auto const& row = GetParam();
    proxycore::http2::Request request;
    request.head.method = row.method;
    request.head.target = row.target;
    request.scheme = "http";
    request.authority = row.authority;
    if (!row.host.empty()) request.head.fields.add("host", row.host);
    auto const rejection = judge(request, 200);
    EXPECT_EQ(rejection ? rejection->status : 0U, row.status) << (rejection ? rejection->message : "");
}

std::string const long_path = "/" + std::string(200, 'x'), path_within_the_limit = "/" + std::string(100, 'x');

INSTANTIATE_TEST_SUITE_P(
    Rfc9113, JudgementOfHttp2,
    testing::Values(
        JudgementCase{"Good", "GET", "/a?b", "x:1", 0}, JudgementCase{"HostInPlaceOfAuthority", "GET", "/", "", 0, "x"},
        JudgementCase{"Asterisk", "OPTIONS", "*", "x", 0}, JudgementCase{"Connect", "CONNECT", "", "x:1", 0},
        JudgementCase{"AsteriskOfGet", "GET", "*", "x", 400}, JudgementCase{"Fragment", "GET", "/#a", "x", 400},
        JudgementCase{"NotAscii", "GET", "/\xe4", "x", 400}, JudgementCase{"NoPath", "GET", "", "x", 400},
        JudgementCase{"ConnectWithoutPort", "CONNECT", "", "x", 400}, JudgementCase{"NoAuthority", "GET", "/", "", 400},
        JudgementCase{"BadAuthority", "GET", "/", "x:y", 400}, JudgementCase{"BadHost", "GET", "/", "", 400, "x y"},
        JudgementCase{"LongTarget", "GET", long_path, "x", 414},
        JudgementCase{"LargeHeader", "GET", path_within_the_limit, "x", 431}),
    test::row_name);

TEST(Judgement, OfHttp1RefusesCodingsAndMissingLengths) {
    auto const status = [](std::string method, proxycore::http::Fields fields) {
        proxycore::http::RequestHead head;
        head.method = std::move(method);
        head.fields = std::move(fields);
        auto const rejection = judge(head);
        return rejection ? rejection->status : 0U;
    };
    for (auto const* method : {"POST", "PUT", "PATCH"}) {
        EXPECT_EQ(status(method, {}), 411U) << method;
        EXPECT_EQ(status(method, {{"content-length", "0"}}), 0U) << method;
        EXPECT_EQ(status(method, {{"transfer-encoding", "chunked"}}), 0U) << method;
    }
    for (auto const* method : {"GET", "HEAD", "DELETE", "OPTIONS", "post"}) EXPECT_EQ(status(method, {}), 0U) << method;
    EXPECT_EQ(status("GET", {{"Transfer-Encoding", "gzip, chunked"}}), 501U);
}

}  // namespace
}  // namespace pathology::pathod
