#include <gmock/gmock.h>

#include <ostream>
#include <pathology/proxycore/content/coding.hpp>

#include "support/row_name.hpp"

namespace pathology::proxycore::content {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct NameCase {
    std::string_view name, text;
    std::optional<Coding> coding;
};
void PrintTo(NameCase const& row, std::ostream* out) { *out << row.name; }
class CodingName : public testing::TestWithParam<NameCase> {};
TEST_P(CodingName, IsRead) { EXPECT_EQ(parse_coding(GetParam().text), GetParam().coding); }
INSTANTIATE_TEST_SUITE_P(
    Registry, CodingName,
    testing::Values(NameCase{"Gzip", "gzip", Coding::gzip}, NameCase{"AnyCase", "GZip", Coding::gzip},
                    NameCase{"OldGzip", "x-gzip", Coding::gzip}, NameCase{"Deflate", "deflate", Coding::deflate},
                    NameCase{"Brotli", "br", Coding::br}, NameCase{"Zstd", "zstd", Coding::zstd},
                    NameCase{"Identity", "identity", Coding::identity}, NameCase{"None", "none", Coding::identity},
                    NameCase{"Unknown", "compress", std::nullopt}, NameCase{"Empty", "", std::nullopt}),
    test::row_name);

TEST(Coding, HasTheNameOfTheRegistry) {
    for (auto const coding : {Coding::identity, Coding::gzip, Coding::deflate, Coding::br, Coding::zstd})
        EXPECT_EQ(parse_coding(to_string(coding)), coding);
    EXPECT_EQ(to_string(Coding::gzip), "gzip");
}

TEST(ContentEncoding, ListsCodingsInTheirOrder) {
    EXPECT_THAT(*parse_content_encoding("deflate, GZIP"), ElementsAre(Coding::deflate, Coding::gzip));
    EXPECT_THAT(*parse_content_encoding("identity, ,br,"), ElementsAre(Coding::br));
    EXPECT_THAT(*parse_content_encoding(""), IsEmpty());
}

TEST(ContentEncoding, RefusesWhatItDoesNotKnow) {
    auto const parsed = parse_content_encoding("gzip, compr\x01ss");
    ASSERT_TRUE(parsed.has_error());
    EXPECT_EQ(parsed.error().code, Errc::unknown_coding);
    EXPECT_EQ(parsed.error().coding, "compr\x01ss");
    EXPECT_EQ(parsed.error().message, R"(unknown content coding "compr\x01ss"; known are gzip, deflate, br, zstd)");
}

TEST(ContentEncoding, RefusesTowersOfCodings) {
    EXPECT_TRUE(parse_content_encoding("gzip,gzip,gzip,gzip,gzip").has_value());
    EXPECT_EQ(parse_content_encoding("gzip,gzip,gzip,gzip,gzip,gzip").error().code, Errc::too_many_codings);
}

TEST(ContentFailure, IsThrownByValue) {
    try {
        static_cast<void>(parse_content_encoding("x").value());
        FAIL() << "nothing was thrown";
    } catch (std::runtime_error const& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("unknown content coding \"x\""));
    }
}

}  // namespace
}  // namespace pathology::proxycore::content
