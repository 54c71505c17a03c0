// A valid message arrives as it was sent: what pathoc wrote and pathod read is compared byte by byte, and the other way
// round (P12.d). Where the protocols differ, fields are.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pathop.hpp"
#include "support/base64.hpp"
#include "support/row_name.hpp"

namespace pathology::integration {
namespace {

using nlohmann::json;

/// The exact bytes of a field that JSON may not be able to hold.
std::string exact(json const& object, std::string const& field) {
    auto const encoded = object.find(field + "_b64");
    return encoded != object.end() ? test::decode_base64(encoded->get<std::string>())
                                   : object.at(field).get<std::string>();
}

/// The exchange that a program noted first.
json first_exchange(std::vector<json> const& entries) { return entries.empty() ? json() : entries.front(); }

json exchange_of_pathoc(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--json", "-q", "--show-response", "-t", "20"});
    auto const ended = pathoc(std::move(arguments));
    EXPECT_EQ(ended.status, 0) << ended.err;
    return json::parse(ended.out.substr(0, ended.out.find('\n')), nullptr, false);
}

// --- HTTP/1 on both sides --------------------------------------------------------------------------------------------

struct MessageCase {
    char const* name;
    char const* request;   ///< features of the request
    char const* response;  ///< a response
};
void PrintTo(MessageCase const& row, std::ostream* out) { *out << row.request << " / " << row.response; }

class ValidMessage : public testing::TestWithParam<MessageCase> {
protected:
    std::string anchor() const { return std::string("/odd=") + GetParam().response; }
    std::string request() const { return std::string(GetParam().request); }
};

TEST_P(ValidMessage, P12_d_CrossesAReverseProxyByteForByte) {
    Pathod origin({"--json", "-q", "-r", "-a", anchor()});
    Pathop pathop({"--json", "--mode", "reverse:" + origin.url(""), "--set", "keep_host_header=true"});
    auto const sent = exchange_of_pathoc({"-p", pathop.port(), "127.0.0.1", request()});
    auto const read = first_exchange(origin.stop_with_entries());
    EXPECT_EQ(exact(sent.at("request"), "raw"), exact(read.at("request"), "raw"));
    EXPECT_EQ(exact(read.at("response"), "raw"), exact(sent.at("response"), "raw"));
    auto const flow = pathop.flow();
    EXPECT_EQ(flow["request"]["headers"], read["request"]["headers"]);
    EXPECT_EQ(flow["response"]["headers"], sent["response"]["headers"]);
}

TEST_P(ValidMessage, P12_d_CrossesATunnelByteForByte) {
    Pathod origin({"--json", "-q", "-r", "-a", anchor()});
    Pathop pathop({"--json"});
    auto const sent =
        exchange_of_pathoc({"-c", "127.0.0.1:" + origin.port(), "-p", pathop.port(), "127.0.0.1", request()});
    auto const read = first_exchange(origin.stop_with_entries());
    EXPECT_EQ(exact(sent.at("request"), "raw"), exact(read.at("request"), "raw"));
    EXPECT_EQ(exact(read.at("response"), "raw"), exact(sent.at("response"), "raw"));
    EXPECT_EQ(pathop.flow()["request"]["headers"], read["request"]["headers"]);
}

INSTANTIATE_TEST_SUITE_P(
    Pathop, ValidMessage,
    testing::Values(
        MessageCase{"OddOrderAndSpelling",
                    "get:/odd:r:h'x-ZULU'='1':h'uSER-aGENT'='me':h'hOST'='a.test':h'aCCEPT'='*/*'",
                    "200:h'sERVER'='me':h'x-ZULU'='1':h'cONTENT-lENGTH'='2':h'Age'='0':b'hi':r"},
        MessageCase{"Duplicates", "get:/odd:h'A'='1':h'B'='2':h'a'='3':h'A'='1':h'Cookie'='x=1':h'Cookie'='y=2'",
                    "200:h'Set-Cookie'='a=1':h'X'='1':h'Set-Cookie'='b=2':h'set-cookie'='a=1'"},
        MessageCase{"EmptyAndLongValues",
                    "get:/odd:h'Empty'='':h'Long'='"
                    "0123456789012345678901234567890123456789"
                    "'",
                    "200:h'Empty'='':h'Tab'='a\\tb':h'Two'='a  b'"},
        MessageCase{"BytesThatAreNoText", "get:/odd:h'Obs'='caf\\xe9':h'Utf'='caf\\xc3\\xa9'",
                    "200:h'Obs'='\\xff\\xfe':b'\\x00\\xff'"},
        MessageCase{
            "WhatSpeaksOfTheConnection",
            "get:/odd:h'Connection'='keep-alive, x-hop':h'X-Hop'='1':h'Proxy-Connection'='Keep-Alive':h'TE'='trailers'",
            "200:h'Connection'='keep-alive':h'Keep-Alive'='timeout=5'"},
        MessageCase{"Body", "post:/odd:h'Content-Type'='text/x':b'\\x00\\x0d\\x0abody\\xff'",
                    "200:h'Content-Encoding'='gzip':b'this is no gzip'"},
        MessageCase{"UnknownMethodAndStatus", "'PURGE':'/odd?a=%7e&b=/../c;d':h'X'='1'", "299:m'Odd, but fine':b'x'"},
        MessageCase{"NoReason", "get:/odd", "200:m'':b'x'"},
        MessageCase{
            "Chunked",
            "post:/odd:r:h'Host'='a':h'tRANSFER-eNCODING'='chunked':b'5\\x0d\\x0ahello\\x0d\\x0a0\\x0d\\x0a\\x0d\\x0a'",
            "200:r:h'tRANSFER-eNCODING'='chunked':b'5\\x0d\\x0ahello\\x0d\\x0a0\\x0d\\x0a\\x0d\\x0a'"},
        MessageCase{"NoContent", "'OPTIONS':/odd", "204:r:h'X-oDD'='1'"},
        MessageCase{"NotModified", "get:/odd:h'If-None-Match'='W/\"x\"'",
                    "304:r:h'ETag'='W/\"x\"':h'Content-Length'='17'"}),
    test::row_name);

// --- HTTP/2 before either --------------------------------------------------------------------------------------------

/// Without those that one of the protocols alone has.
json end_to_end(json const& fields) {
    json kept = json::array();
    for (auto const& field : fields) {
        auto const name = field[0].get<std::string>();
        if (name[0] != ':' && name != "Host" && name != "content-length") kept.push_back(field);
    }
    return kept;
}

json const asked = json::parse(R"([["x-zulu","1"],["b","2"],["cookie","a=1"],["a",""],["b","2"],["cookie","b=2"]])");
json const responded =
    json::parse(R"([["set-cookie","a=1"],["x-zulu","1"],["set-cookie","b=2"],["age",""],["x-zulu","1"]])");

/// A message with these fields.
std::string with_fields(std::string message, json const& fields) {
    for (auto const& field : fields)
        message += ":h'" + field[0].get<std::string>() + "'='" + field[1].get<std::string>() + "'";
    return message;
}

TEST(ValidFields, P12_d_KeepTheirOrderOverHttp2) {
    SafePathod origin({"--json", "-a", with_fields("/odd=200", responded)});
    Pathop pathop({"--json", "--mode", "reverse:" + origin.url(""), "--upstream-trusted-ca", origin.authority()});
    auto const sent = exchange_of_pathoc(
        {"--http2", "--ca", Pathop::authority(), "-p", pathop.port(), "127.0.0.1", with_fields("get:/odd", asked)});
    auto const read = first_exchange(origin.pathod().stop_with_entries());
    EXPECT_EQ(read.value("protocol", ""), "http2") << read;
    EXPECT_EQ(end_to_end(read["request"]["headers"]), asked);
    EXPECT_EQ(end_to_end(sent["response"]["headers"]), responded);
    EXPECT_EQ(end_to_end(pathop.flow()["request"]["headers"]), asked);
}

TEST(ValidFields, P12_d_KeepTheirOrderFromHttp2ToHttp1) {
    Pathod origin({"--json", "-a", with_fields("/odd=200", responded)});
    Pathop pathop({"--json", "--mode", "reverse:" + origin.url("")});
    auto const sent = exchange_of_pathoc(
        {"--http2-prior-knowledge", "-p", pathop.port(), "127.0.0.1", with_fields("get:/odd", asked)});
    auto const read = first_exchange(origin.stop_with_entries());
    EXPECT_EQ(read.value("protocol", ""), "http") << read;
    auto const joined = json::parse(R"([["x-zulu","1"],["b","2"],["cookie","a=1; b=2"],["a",""],["b","2"]])");
    EXPECT_EQ(end_to_end(read["request"]["headers"]), joined) << "RFC 9113 §8.2.3";
    EXPECT_EQ(end_to_end(sent["response"]["headers"]), responded);
    EXPECT_EQ(end_to_end(pathop.flow()["request"]["headers"]), asked);
}

}  // namespace
}  // namespace pathology::integration
