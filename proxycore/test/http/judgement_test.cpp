#include <gtest/gtest.h>

#include <ostream>
#include <pathology/proxycore/http/judgement.hpp>

#include "support/row_name.hpp"

namespace pathology::proxycore::http {
namespace {

struct TargetCase {
    std::string_view name, method, target;
    bool fits, any_asterisk = false;
};
void PrintTo(TargetCase const& row, std::ostream* out) { *out << row.name; }
class TargetOfMethod : public testing::TestWithParam<TargetCase> {};

TEST_P(TargetOfMethod, Fits) {
    auto const& row = GetParam();
    EXPECT_EQ(fits_method(row.target, row.method, row.any_asterisk), row.fits);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc9112, TargetOfMethod,
    testing::Values(TargetCase{"Origin", "GET", "/a", true}, TargetCase{"Absolute", "GET", "http://a/b", true},
                    TargetCase{"None", "GET", "a/b", false}, TargetCase{"Empty", "GET", "", false},
                    TargetCase{"Connect", "CONNECT", "a:1", true}, TargetCase{"ConnectOrigin", "CONNECT", "/a", false},
                    TargetCase{"ConnectWithoutPort", "CONNECT", "a", false},
                    TargetCase{"AuthorityOfGet", "GET", "a:1", false}, TargetCase{"Asterisk", "OPTIONS", "*", true},
                    TargetCase{"AsteriskOfGet", "GET", "*", false}, TargetCase{"AnyAsterisk", "GET", "*", true, true}),
    test::row_name);

TEST(UriText, HasTheBytesOfAUri) {
    EXPECT_TRUE(is_uri_text("/p/200:b'x'?a=%20;!$&()*+,[]@~-._"));
    for (auto const* text : {"/a#b", "/a b", "/\"", "/|", "/{}", "/^", "/\\", "/<>", "/`", "/\x7f", "/\xe4"})
        EXPECT_FALSE(is_uri_text(text)) << text;
}

struct CodingCase {
    std::string_view name;
    Fields fields;
    std::string_view found;  // empty = none
};
void PrintTo(CodingCase const& row, std::ostream* out) { *out << row.name; }
class TransferCoding : public testing::TestWithParam<CodingCase> {};

TEST_P(TransferCoding, IsFound) {
    EXPECT_EQ(find_coding_beyond_chunked(GetParam().fields).value_or(""), GetParam().found);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc9112, TransferCoding,
    testing::Values(CodingCase{"NoField", {{"Content-Length", "gzip"}}, ""},
                    CodingCase{"Chunked", {{"transfer-encoding", "Chunked"}}, ""},
                    CodingCase{"Identity", {{"Transfer-Encoding", "identity, chunked"}}, ""},
                    CodingCase{"EmptyElements", {{"Transfer-Encoding", ", chunked ,"}}, ""},
                    CodingCase{"Gzip", {{"Transfer-Encoding", "gzip, chunked"}}, "gzip, chunked"},
                    CodingCase{"SecondField", {{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "x"}}, "x"}),
    test::row_name);

}  // namespace
}  // namespace pathology::proxycore::http
