#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "layers/http_bench.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::layers {
namespace {

using test::HttpBench;
using test::leave;
using test::read_to_end;
using test::Script;
using test::Turn;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr auto get = "GET http://origin.test/a?b=1 HTTP/1.1\r\nHost: origin.test\r\n\r\n";
constexpr auto ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

TEST(Http1Layer, CarriesARequestAndItsAnswer) {
    HttpBench bench;
    bench.servers = {{{"\r\n\r\n", ok}}};
    bench.talk({{"", get}, leave("ok")});
    EXPECT_EQ(bench.received, ok);
    EXPECT_THAT(bench.asked, ElementsAre("GET /a?b=1 HTTP/1.1\r\nHost: origin.test\r\n\r\n"));
    EXPECT_EQ(bench.calls, "requestheaders request responseheaders response");
    EXPECT_EQ(bench.flow().response.value().raw_content, "ok");
}

}  // namespace
}  // namespace pathology::proxycore::layers
