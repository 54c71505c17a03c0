// The JSON of the backend (P87).
#include "forwarder/messages.hpp"

#include <gmock/gmock.h>

#include <ostream>

#include "base64.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::forwarder {
namespace {

using pathology::test::row_name;
using testing::HasSubstr;

/// `id scheme://host:port user:password`, or the message of the failure.
std::string text_of(MessageResult<ChosenProxy> const& proxy) {
    if (!proxy) return proxy.error().message;
    auto const& [id, via] = *proxy;
    auto const& [protocol, is_secure, address, credentials, name] = via;
    auto text = (id ? std::to_string(*id) : "-") + " " + std::string(scheme_of(via)) + "://" + to_string(address);
    if (credentials) text += " " + credentials->user + ":" + credentials->password;
    return text;
}

struct ProxyCase {
    char const* name;
    std::string_view json;
    std::string_view becomes;
};
void PrintTo(ProxyCase const& row, std::ostream* out) { *out << row.name; }
class ForwarderProxy : public testing::TestWithParam<ProxyCase> {};

TEST_P(ForwarderProxy, P87_b_IsParsed) { EXPECT_EQ(text_of(parse_proxy(GetParam().json)), GetParam().becomes); }

INSTANTIATE_TEST_SUITE_P(
    Addresses, ForwarderProxy,
    testing::Values(
        ProxyCase{"Address",
                  R"({"id":42,"ip":"1.2.3.4","port":8080,"address":"5.6.7.8:9","protocol":"http","is_working":true})",
                  "42 http://5.6.7.8:9"},
        ProxyCase{"IpAndPort", R"({"id":42,"ip":"1.2.3.4","port":8080})", "42 http://1.2.3.4:8080"},
        ProxyCase{"EmptyAddress", R"({"id":42,"ip":"1.2.3.4","port":8080,"address":""})", "42 http://1.2.3.4:8080"},
        ProxyCase{"NullAddress", R"({"id":42,"ip":"1.2.3.4","port":8080,"address":null})", "42 http://1.2.3.4:8080"},
        ProxyCase{"AddressWithoutPort", R"({"id":42,"port":8080,"address":"p.test"})", "42 http://p.test:8080"},
        ProxyCase{"Ipv6", R"({"id":1,"ip":"2001:db8::1","port":80})", "1 http://[2001:db8::1]:80"},
        ProxyCase{"Ipv6InBrackets", R"({"id":1,"address":"[2001:db8::1]:80"})", "1 http://[2001:db8::1]:80"},
        ProxyCase{"Ipv6WithoutBrackets", R"({"id":1,"ip":"2001:db8::1","port":80,"address":"2001:db8::1:80"})",
                  "1 http://[2001:db8::1]:80"},
        ProxyCase{"NoId", R"({"address":"a:1"})", "- http://a:1"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Protocols, ForwarderProxy,
    testing::Values(ProxyCase{"Https", R"({"id":1,"address":"a:1","protocol":"HTTPS"})", "1 https://a:1"},
                    ProxyCase{"Socks5", R"({"id":1,"address":"a:1","protocol":"socks5"})", "1 socks5://a:1"},
                    ProxyCase{"Socks5h", R"({"id":1,"address":"a:1","protocol":"socks5h"})", "1 socks5://a:1"},
                    ProxyCase{"Null", R"({"id":1,"address":"a:1","protocol":null})", "1 http://a:1"},
                    ProxyCase{"Credentials", R"({"id":1,"address":"a:1","username":"u","password":"p:w"})",
                              "1 http://a:1 u:p:w"},
                    ProxyCase{"UserAlone", R"({"id":1,"address":"a:1","username":"u"})", "1 http://a:1 u:"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Unusable, ForwarderProxy,
    testing::Values(
        ProxyCase{"NoJson", "<html>", "it is not a JSON object"}, ProxyCase{"Nothing", "", "it is not a JSON object"},
        ProxyCase{"Array", "[]", "it is not a JSON object"},
        ProxyCase{"Cut", R"({"id":1,"address":"a:1")", "it is not a JSON object"},
        ProxyCase{"NoAddress", R"({"id":1})", "its address is not a host and a port"},
        ProxyCase{"NoPort", R"({"id":1,"ip":"1.2.3.4"})", "its address has no port"},
        ProxyCase{"BadPort", R"({"id":1,"ip":"1.2.3.4","port":65536})", "its port is not a number from 1 to 65535"},
        ProxyCase{"TextPort", R"({"id":1,"ip":"1.2.3.4","port":"80"})", "its port is not a number from 1 to 65535"},
        ProxyCase{"BadAddress", R"({"id":1,"address":"a b:1"})", "its address is not a host and a port"},
        ProxyCase{"NumberAddress", R"({"id":1,"address":7})", "its address is not text"},
        ProxyCase{"TextId", R"({"id":"x","address":"a:1"})", "its id is not an integer"},
        ProxyCase{"NotWorking", R"({"id":1,"address":"a:1","is_working":false})", "it does not work"},
        ProxyCase{"ColonInUser", R"({"id":1,"address":"a:1","username":"u:v","password":"secret"})",
                  "it cannot be used: an HTTP proxy cannot be sent a user with a colon (RFC 7617)"},
        ProxyCase{"TextWorking", R"({"id":1,"address":"a:1","is_working":"no"})",
                  "its is_working is not true or false"},
        ProxyCase{"Socks4", R"({"id":1,"address":"a:1","protocol":"socks4"})",
                  "its protocol is not http, https or socks5"},
        ProxyCase{"PasswordAlone", R"({"id":1,"address":"a:1","password":"p"})",
                  "it has a password without a username"}),
    row_name);

TEST(ForwarderRules, AreTheTextPatternsOfTheList) {
    auto const list =
        parse_rules(R"([{"id":1,"pattern":"a","created_by":1},{"pattern":"b"},{"id":3},7,{"id":4,"pattern":null}])");
    ASSERT_TRUE(list);
    ASSERT_EQ(list->rules.size(), 2U);
    EXPECT_EQ(list->rules[0].id + list->rules[0].pattern, "1a");
    EXPECT_EQ(list->rules[1].id + list->rules[1].pattern, "?b");
    EXPECT_EQ(list->invalid, 3U);
}

TEST(ForwarderRules, AreLimited) {
    std::string many = "[1";
    for (std::size_t i = 0; i < max_rules; ++i) many += ",1";
    EXPECT_EQ(parse_rules(many + "]").error().code, MessageErrc::too_many);
    auto const long_one = parse_rules(R"([{"id":1,"pattern":")" + std::string(4097, 'a') + R"("}])");
    EXPECT_EQ(long_one->invalid, 1U);
    EXPECT_EQ(parse_rules("{}").error().code, MessageErrc::bad_json);
    EXPECT_EQ(parse_rules("").error().code, MessageErrc::bad_json);
    EXPECT_EQ(parse_rules(std::string(100'000, '[')).error().code, MessageErrc::bad_json);
    EXPECT_TRUE(parse_rules("[]")->rules.empty());
}

TEST(ForwarderActivity, P87_a_HasItsMembersInOrder) {
    Activity activity{7, "https://example.com/path", "GET", 200, 42, 1690000000.25};
    EXPECT_EQ(to_json(activity),
              R"({"user_id":7,"endpoint":"https://example.com/path","method":"GET","status_code":200,)"
              R"("target_url":"https://example.com/path","proxy_id":42,"timestamp":1690000000.25})");
    activity.user_id.reset();
    activity.proxy_id.reset();
    activity.timestamp = 1690000000;
    EXPECT_THAT(to_json(activity), HasSubstr(R"("user_id":null)"));
    EXPECT_THAT(to_json(activity), HasSubstr(R"("proxy_id":null,"timestamp":1690000000.0)"));
    activity.url = "http://a/\xff";
    EXPECT_THAT(to_json(activity), HasSubstr("http://a/\xef\xbf\xbd"));
}

struct TokenCase {
    char const* name;
    std::string_view claims;
    std::optional<std::int64_t> user_id;
};
void PrintTo(TokenCase const& row, std::ostream* out) { *out << row.name; }
class ForwarderToken : public testing::TestWithParam<TokenCase> {};

TEST_P(ForwarderToken, P87_a_NamesItsUser) {
    auto const token =
        "Bearer " + encode_base64url(R"({"alg":"none"})") + "." + encode_base64url(GetParam().claims) + ".c2ln";
    EXPECT_EQ(user_id_of(token), GetParam().user_id);
}

INSTANTIATE_TEST_SUITE_P(
    Claims, ForwarderToken,
    testing::Values(TokenCase{"UserId", R"({"user_id":7,"sub":8})", 7}, TokenCase{"Sub", R"({"sub":8})", 8},
                    TokenCase{"TextSub", R"({"sub":"alice"})", std::nullopt},
                    TokenCase{"TextUserId", R"({"user_id":"7","sub":8})", 8},
                    TokenCase{"Negative", R"({"user_id":-7})", -7},
                    TokenCase{"Fraction", R"({"user_id":7.5})", std::nullopt},
                    TokenCase{"TooLarge", R"({"user_id":18446744073709551615})", std::nullopt},
                    TokenCase{"Neither", "{}", std::nullopt}, TokenCase{"NoObject", "[7]", std::nullopt},
                    TokenCase{"NoJson", "seven", std::nullopt}, TokenCase{"Flag", R"({"user_id":true})", std::nullopt}),
    row_name);

TEST(ForwarderTokens, ThatAreNoneNameNobody) {
    for (auto const* const text :
         {"", "Bearer", "Bearer ", "Bearer a", "Bearer a.b", "Bearer a.!!.c", "Bearer ..", "..."})
        EXPECT_EQ(user_id_of(text), std::nullopt) << text;
}

}  // namespace
}  // namespace pathology::proxycore::forwarder
