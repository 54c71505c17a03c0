// Fields that end at the forwarder, and those of the user.
#include "forwarder/fields.hpp"

#include <gmock/gmock.h>

#include <ostream>

#include "forwarder/request_record.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::forwarder {
namespace {

using pathology::test::row_name;

std::string text_of(http::Fields const& fields) {
    std::string text;
    for (auto const [name, value] : fields)
        text.append(text.empty() ? "" : "|").append(name).append(": ").append(value);
    return text;
}

flow::Request request_with(http::Fields const& fields) {
    auto request = flow::Request::make("GET", "http://h.test/").value();
    request.headers = fields;
    return request;
}

struct FieldsCase {
    char const* name;
    http::Fields sent;
    std::string_view stays;
};
void PrintTo(FieldsCase const& row, std::ostream* out) { *out << row.name; }
class ForwarderFields : public testing::TestWithParam<FieldsCase> {};

TEST_P(ForwarderFields, OfAConnectionAreDropped) {
    auto request = request_with(GetParam().sent);
    drop_hop_by_hop(request);
    EXPECT_EQ(text_of(request.headers), GetParam().stays);
}

INSTANTIATE_TEST_SUITE_P(
    Requests, ForwarderFields,
    testing::Values(
        FieldsCase{"All",
                   {{"A", "1"},
                    {"Connection", "close"},
                    {"keep-alive", "x"},
                    {"Proxy-Authenticate", "x"},
                    {"Proxy-Authorization", "x"},
                    {"Proxy-Connection", "x"},
                    {"TE", "trailers"},
                    {"Trailer", "x"},
                    {"Trailers", "x"},
                    {"Transfer-Encoding", "chunked"},
                    {"Upgrade", "h2c"},
                    {"B", "2"}},
                   "A: 1|B: 2"},
        FieldsCase{"Listed", {{"Connection", "X-Hop , close"}, {"x-hop", "1"}, {"X-End", "2"}}, "X-End: 2"},
        FieldsCase{"ListedButNeeded",
                   {{"Connection", "Host, Content-Length, Authorization"}, {"Host", "h"}, {"Content-Length", "0"}},
                   "Host: h|Content-Length: 0"},
        FieldsCase{"WebSocket",
                   {{"Connection", "keep-alive, Upgrade"}, {"Upgrade", "websocket"}, {"Sec-WebSocket-Key", "k"}},
                   "Sec-WebSocket-Key: k|Connection: Upgrade|Upgrade: websocket"},
        FieldsCase{"NoWebSocket", {{"Upgrade", "websocket"}}, ""}),
    row_name);

TEST(ForwarderResponseFields, KeepTheCoding) {
    flow::Response response;
    response.headers = {
        {"Transfer-Encoding", "chunked"}, {"Connection", "close"}, {"Proxy-Authenticate", "Basic"}, {"A", "1"}};
    drop_hop_by_hop(response);
    EXPECT_EQ(text_of(response.headers), "Transfer-Encoding: chunked|A: 1");
    response.status_code = 101;
    response.headers = {{"Connection", "upgrade"}, {"Upgrade", "WebSocket"}};
    drop_hop_by_hop(response);
    EXPECT_EQ(text_of(response.headers), "Connection: Upgrade|Upgrade: websocket");
}

TEST(RequestRecord, P86_e_TakesTheTokenAndReturnsItInItsPlace) {
    auto request = request_with({{"A", "1"}, {"authorization", "Bearer t"}, {"B", "2"}, {"Authorization", "Basic x"}});
    auto const record = take_request(request, "Bearer default", false);
    EXPECT_EQ(record->token, "Bearer t");
    EXPECT_EQ(record->url, "http://h.test/");
    EXPECT_EQ(text_of(request.headers), "A: 1|B: 2");
    record->proxy.emplace();
    request.headers.add("Proxy-Authorization", "Basic of-the-proxy");
    restore_request(request, *record);
    EXPECT_EQ(text_of(request.headers), "A: 1|authorization: Bearer t|B: 2|Authorization: Basic x");
    restore_request(request, *record);
    EXPECT_EQ(text_of(request.headers), "A: 1|authorization: Bearer t|B: 2|Authorization: Basic x");
}

TEST(RequestRecord, P86_d_TakesTheDefaultTokenWithoutOne) {
    for (auto const& sent : {http::Fields{}, http::Fields{{"Authorization", " "}}}) {
        auto request = request_with(sent);
        EXPECT_EQ(take_request(request, "Bearer default", false)->token, "Bearer default");
    }
}

TEST(RequestRecord, P86_e_LeavesTheTokenOnRequest) {
    auto request = request_with({{"Authorization", "Bearer t"}});
    auto const record = take_request(request, "", true);
    EXPECT_EQ(record->token, "Bearer t");
    EXPECT_EQ(text_of(request.headers), "Authorization: Bearer t");
}

TEST(RequestRecord, P89_c_MasksAllCredentialsOfARequest) {
    auto request = request_with({{"Authorization", "Bearer t"}, {"Proxy-Authorization", "Basic u"}, {"A", "1"}});
    mask_credentials(request);
    EXPECT_EQ(text_of(request.shown_fields()), "Authorization: Bearer ***|Proxy-Authorization: Basic ***|A: 1");
}

}  // namespace
}  // namespace pathology::proxycore::forwarder
