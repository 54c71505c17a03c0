#include "layers/guess_layer.hpp"

#include <gtest/gtest.h>

#include "support/row_name.hpp"

namespace pathology::proxycore::layers {
namespace {

using addons::NextLayer;
using namespace std::string_view_literals;

struct Row {
    std::string_view name;
    FirstBytes known{};
    NextLayer layer = NextLayer::undecided;
};
class P10_a_FirstBytes : public testing::TestWithParam<Row> {};
TEST_P(P10_a_FirstBytes, LeadToALayer) { EXPECT_EQ(guess_layer(GetParam().known), GetParam().layer); }

constexpr auto hello = "\x16\x03\x01\x02\x00"sv, part_of_hello = "\x16\x03"sv;
constexpr auto ssl2_hello = "\x80\x2e\x01\x03\x01"sv, part_of_ssl2_hello = "\x80\x2e\x01\x03"sv,
               application_data = "\x17\x03\x03\x00\x10"sv, alert_record = "\x15\x03\x03\x00\x02"sv;
constexpr auto undecided = NextLayer::undecided, tls = NextLayer::tls_client, http = NextLayer::http,
               tcp = NextLayer::tcp;

INSTANTIATE_TEST_SUITE_P(
    WithTime, P10_a_FirstBytes,
    testing::Values(
        Row{"Nothing", {}, undecided}, Row{"RecordOfAHandshake", {.from_client = hello}, tls},
        Row{"PartOfARecord", {.from_client = part_of_hello}, undecided},
        Row{"RecordOfAnOlderTls", {.from_client = "\x16\x03\x00"sv}, tls},
        Row{"A25_HelloOfSsl2", {.from_client = ssl2_hello}, tls},
        Row{"A25_PartOfAHelloOfSsl2", {.from_client = part_of_ssl2_hello}, undecided},
        Row{"A25_NoHelloOfSsl2", {.from_client = "\x80\x2e\x02\x03\x01"sv}, tcp},
        Row{"A25_AnotherRecord", {.from_client = application_data}, tcp},
        Row{"NoRecordOfTls", {.from_client = "\x16\x04\x01"sv}, tcp},
        Row{"RequestLine", {.from_client = "GET / HTTP/1.1\r\n"}, http},
        Row{"MethodAlone", {.from_client = "GET "}, http}, Row{"PartOfAMethod", {.from_client = "GE"}, undecided},
        Row{"LongMethod", {.from_client = "PROPFIN"}, undecided},
        Row{"PrefaceOfHttp2", {.from_client = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"}, http},
        Row{"LineWithoutSpace", {.from_client = "HELO\r\n"}, tcp},
        Row{"SpaceInTheSecondLine", {.from_client = "HELO\r\nfoo bar"}, tcp},
        Row{"NoLetters", {.from_client = "\x00\x01\x02"sv}, tcp}, Row{"NoLetterFirst", {.from_client = "{"}, tcp},
        Row{"LowerCase", {.from_client = "get / HTTP/1.1\r\n"}, http},
        Row{"Ssh", {.from_client = "SSH-2.0-OpenSSH 9\r\n"}, tcp},
        Row{"WordWithoutEnd", {.from_client = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}, tcp},
        Row{"TheServerSpokeFirst", {.from_server = "220 mail.test\r\n"}, tcp},
        Row{"BothSpoke", {.from_client = "GET / HTTP/1.1\r\n", .from_server = "220"}, tcp}),
    pathology::test::row_name);

INSTANTIATE_TEST_SUITE_P(
    WithoutTime, P10_a_FirstBytes,
    testing::Values(Row{"SilentClient", {.has_time = false}, tcp},
                    Row{"PartOfARecordThatIsAll", {.from_client = part_of_hello, .has_time = false}, tcp},
                    Row{"A25_PartOfAHelloOfSsl2ThatIsAll", {.from_client = part_of_ssl2_hello, .has_time = false}, tcp},
                    Row{"PartOfAMethodThatIsAll", {.from_client = "GE", .has_time = false}, tcp},
                    Row{"WordThatIsAll", {.from_client = "PING", .has_time = false}, tcp}),
    pathology::test::row_name);

INSTANTIATE_TEST_SUITE_P(
    WithOtherKnowledge, P10_a_FirstBytes,
    testing::Values(Row{"TcpHost", {.from_client = "GET / HTTP/1.1\r\n", .is_tcp_host = true}, tcp},
                    Row{"TlsToATcpHost", {.from_client = hello, .is_tcp_host = true}, tls},
                    Row{"SilentTcpHost", {.is_tcp_host = true}, undecided},
                    Row{"AlpnOfHttp2", {.from_client = "\x00\x01"sv, .alpn = "h2"}, http},
                    Row{"AlpnOfHttp1", {.from_client = "\x00\x01"sv, .alpn = "http/1.1"}, http},
                    Row{"AlpnOfSomethingElse", {.from_client = "\x00\x01"sv, .alpn = "mqtt"}, tcp},
                    Row{"HttpOnly", {.from_client = "\x00\x01"sv, .is_http_only = true}, http},
                    Row{"TlsInHttpOnly", {.from_client = hello, .is_http_only = true}, tls},
                    Row{"A25_AnotherRecordInHttpOnly", {.from_client = application_data, .is_http_only = true}, tls},
                    Row{"A25_AlertWithoutTcp", {.from_client = alert_record, .takes_tcp = false}, tls},
                    Row{"NoTcp", {.from_client = "\x00\x01"sv, .takes_tcp = false}, http},
                    Row{"NoTcpWithoutTime", {.takes_tcp = false, .has_time = false}, http},
                    Row{"TcpHostWithoutTcp", {.from_client = "x", .is_tcp_host = true, .takes_tcp = false}, tcp}),
    pathology::test::row_name);

}  // namespace
}  // namespace pathology::proxycore::layers
