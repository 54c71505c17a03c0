// Complete files in YAML, and their twins in JSON.
#include <gtest/gtest.h>

#include <pathology/proxycore/multiupstream/configuration.hpp>
#include <string>
#include <string_view>

#include "multiupstream/summary.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

struct TwinCase {
    std::string_view name;
    std::string yaml, json, summary;
};

class P80_Example : public testing::TestWithParam<TwinCase> {};

TEST_P(P80_Example, P80_a_Loads) { EXPECT_EQ(summary(load_texts({{"a.yaml", GetParam().yaml}})), GetParam().summary); }

TEST_P(P80_Example, P80_b_JsonGivesTheSame) {
    EXPECT_EQ(summary(load_texts({{"a.json", GetParam().json}})), GetParam().summary);
}

TEST_P(P80_Example, LoadsWithOtherLineEndsAndAByteOrderMark) {
    for (bool const is_json : {false, true}) {
        std::string text = "\xef\xbb\xbf";
        for (char const c : is_json ? GetParam().json : GetParam().yaml) text += c == '\n' ? "\r\n" : std::string(1, c);
        EXPECT_EQ(summary(load_texts({{is_json ? "a.json" : "a.yaml", text}})), GetParam().summary);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Examples, P80_Example,
    testing::Values(
        TwinCase{"Basic", R"(proxies:
  - name: "proxy1"
    url: "http://proxy1.example.com:8080"
    weight: 1
    rules:
      - type: "host_pattern"
        pattern: "*.google.com"
      - type: "default"
  
  - name: "proxy2"
    url: "http://proxy2.example.com:8080"
    weight: 2
    rules:
      - type: "host_pattern"
        pattern: "*.baidu.com"
)",
                 R"({
  "proxies": [
    {"name": "proxy1", "url": "http://proxy1.example.com:8080", "weight": 1,
     "rules": [{"type": "host_pattern", "pattern": "*.google.com"}, {"type": "default"}]},
    {"name": "proxy2", "url": "http:\/\/proxy2.example.com:8080", "weight": 2,
     "rules": [{"type": "host_pattern", "pattern": "*.baidu.com"}]}
  ]
}
)",
                 "proxy1 http://proxy1.example.com:8080 1; host_pattern *.google.com; default\n"
                 "proxy2 http://proxy2.example.com:8080 2; host_pattern *.baidu.com\n"},
        TwinCase{"UrlCredentials", R"(proxies:
  - name: "proxy1"
    url: "http://username:password@proxy1.example.com:8080"
    weight: 1
    rules:
      - type: "default"
  
  - name: "proxy2"
    url: "http://another_user:another_pass@proxy2.example.com:8080"
    weight: 1
    rules:
      - type: "default"
)",
                 R"({"proxies":[{"name":"proxy1","url":"http://username:password@proxy1.example.com:8080","weight":1,
"rules":[{"type":"default"}]},{"name":"proxy2","url":"http://another_user:another_pass@proxy2.example.com:8080",
"weight":1,"rules":[{"type":"default"}]}]})",
                 "proxy1 http://username:***@proxy1.example.com:8080 [username|password] 1; default\n"
                 "proxy2 http://another_user:***@proxy2.example.com:8080 [another_user|another_pass] 1; default\n"},
        TwinCase{"SeparateCredentials", R"(proxies:
  - name: "proxy1"
    url: "http://proxy1.example.com:8080"
    username: "username"
    password: "password"
    weight: 1
    rules:
      - type: "default"
)",
                 "{\n\t\"proxies\": [\n\t\t{\"name\": \"proxy1\", \"url\": \"http://proxy1.example.com:8080\",\n"
                 "\t\t\"username\": \"username\", \"password\": \"password\", \"weight\": 1,\n"
                 "\t\t\"rules\": [{\"type\": \"default\"}]}\n\t]\n}\n",
                 "proxy1 http://username:***@proxy1.example.com:8080 [username|password] 1; default\n"},
        TwinCase{"Socks5", R"(proxies:
  - name: "socks5-proxy"
    url: "socks5://username:password@proxy.example.com:1080"
    weight: 1
    rules:
      - type: "default"
  
  - name: "socks5-noauth"
    url: "socks5://proxy.example.com:1080"
    weight: 1
    rules:
      - type: "default"
)",
                 R"({"proxies": [
  {"name": "socks5-proxy", "url": "socks5://username:password@proxy.example.com:1080", "weight": 1,
   "rules": [{"type": "default"}]},
  {"name": "socks5-noauth", "url": "socks5://proxy.example.com:1080", "weight": 1, "rules": [{"type": "default"}]}
]})",
                 "socks5-proxy socks5://username:***@proxy.example.com:1080 [username|password] 1; default\n"
                 "socks5-noauth socks5://proxy.example.com:1080 1; default\n"},
        TwinCase{"Weighted", R"(proxies:
  - name: "primary"
    url: "http://primary.example.com:8080"
    weight: 3  # Receives 75% of traffic
    rules:
      - type: "default"
  
  - name: "secondary"
    url: "http://secondary.example.com:8080"
    weight: 1  # Receives 25% of traffic
    rules:
      - type: "default"
)",
                 R"({"proxies": [
  {"name": "primary", "url": "http://primary.example.com:8080", "weight": 3, "rules": [{"type": "default"}]},
  {"name": "secondary", "url": "http://secondary.example.com:8080", "weight": 1, "rules": [{"type": "default"}]}
]})",
                 "primary http://primary.example.com:8080 3; default\n"
                 "secondary http://secondary.example.com:8080 1; default\n"},
        TwinCase{"SimpleLoadBalancing", R"(proxies:
  - name: "proxy1"
    url: "http://proxy1.example.com:8080"
    weight: 1
    rules:
      - type: "default"
  
  - name: "proxy2"
    url: "http://proxy2.example.com:8080"
    weight: 1
    rules:
      - type: "default"
)",
                 R"({"proxies": [
  {"name": "proxy1", "url": "http://proxy1.example.com:8080", "weight": 1, "rules": [{"type": "default"}]},
  {"name": "proxy2", "url": "http://proxy2.example.com:8080", "weight": 1, "rules": [{"type": "default"}]}
]})",
                 "proxy1 http://proxy1.example.com:8080 1; default\n"
                 "proxy2 http://proxy2.example.com:8080 1; default\n"},
        TwinCase{"HostBased", R"(proxies:
  - name: "google-proxy"
    url: "http://google-proxy.example.com:8080"
    weight: 1
    rules:
      - type: "host_pattern"
        pattern: "*.google.com"
  
  - name: "default-proxy"
    url: "http://default-proxy.example.com:8080"
    weight: 1
    rules:
      - type: "default"
)",
                 R"({"proxies": [
  {"name": "google-proxy", "url": "http://google-proxy.example.com:8080", "weight": 1,
   "rules": [{"type": "host_pattern", "pattern": "*.google.com"}]},
  {"name": "default-proxy", "url": "http://default-proxy.example.com:8080", "weight": 1,
   "rules": [{"type": "default"}]}
]})",
                 "google-proxy http://google-proxy.example.com:8080 1; host_pattern *.google.com\n"
                 "default-proxy http://default-proxy.example.com:8080 1; default\n"},
        TwinCase{"Mixed", R"(proxies:
  - name: "http-proxy"
    url: "http://user:pass@http-proxy.example.com:8080"
    weight: 1
    rules:
      - type: "host_pattern"
        pattern: "*.example.com"
  
  - name: "socks5-proxy"
    url: "socks5://user:pass@socks5-proxy.example.com:1080"
    weight: 1
    rules:
      - type: "default"
)",
                 R"({"proxies": [
  {"name": "http-proxy", "url": "http://user:pass@http-proxy.example.com:8080", "weight": 1,
   "rules": [{"type": "host_pattern", "pattern": "*.example.com"}]},
  {"name": "socks5-proxy", "url": "socks5://user:pass@socks5-proxy.example.com:1080", "weight": 1,
   "rules": [{"type": "default"}]}
]})",
                 "http-proxy http://user:***@http-proxy.example.com:8080 [user|pass] 1; host_pattern *.example.com\n"
                 "socks5-proxy socks5://user:***@socks5-proxy.example.com:1080 [user|pass] 1; default\n"}),
    [](auto const& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace pathology::proxycore::multiupstream
