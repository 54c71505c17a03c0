#include <gmock/gmock.h>

#include <ostream>
#include <pathology/proxycore/flow/multipart.hpp>

#include "support/row_name.hpp"

namespace pathology::proxycore::flow {
namespace {

struct FormCase {
    std::string_view name, content;
    MultiDict items;
};
void PrintTo(FormCase const& row, std::ostream* out) { *out << row.name; }
class Multipart : public testing::TestWithParam<FormCase> {};
TEST_P(Multipart, IsRead) { EXPECT_EQ(parse_multipart(GetParam().content, "X"), GetParam().items); }
INSTANTIATE_TEST_SUITE_P(
    Table, Multipart,
    testing::Values(
        FormCase{"Empty", "", {}}, FormCase{"NoPart", "--X--\r\n", {}},
        FormCase{"OfBrowsers",
                 "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
                 "--X\r\nContent-Disposition: form-data; name=\"f\"; filename=\"C:\\x.txt\"\r\n"
                 "Content-Type: text/plain\r\n\r\nline 1\r\nline 2\r\n\r\n--X--\r\n",
                 {{"a", "1"}, {"f", "line 1\r\nline 2\r\n"}}},
        FormCase{"PreambleAndEpilogue",
                 "hello --X\r\n--X \r\ncontent-disposition:form-data;name=a\r\n\r\n\r\n--X--\r\nbye",
                 {{"a", ""}}},
        FormCase{"LineFeedsAlone", "--X\nContent-Disposition: form-data; name=a\n\n1\n--X--\n", {{"a", "1"}}},
        FormCase{"DelimiterWithinALine",
                 "--X\r\nContent-Disposition: form-data; name=a\r\n\r\n1 --X 2\r\n--X--",
                 {{"a", "1 --X 2"}}},
        FormCase{"WithoutEnd", "--X\r\nContent-Disposition: form-data; name=a\r\n\r\n1", {{"a", "1"}}},
        FormCase{"WithoutName", "--X\r\nContent-Type: text/plain\r\n\r\n1\r\n--X--", {}},
        FormCase{"WithoutHead", "--X\r\n\r\n1\r\n--X--", {}},
        FormCase{"WithoutBlankLine", "--X\r\nname=a\r\n--X--", {}},
        FormCase{"Repeated",
                 "--X\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--X\r\nContent-Disposition: form-data; "
                 "name=a\r\n\r\n2\r\n--X--",
                 {{"a", "1"}, {"a", "2"}}}),
    test::row_name);

TEST(Multipart, ComesBackFromPrint) {
    MultiDict const items{{"a", "1"}, {R"(q"\)", "line\r\n\r\n"}, {"a", std::string("\0\xff", 2)}, {"", ""}};
    EXPECT_EQ(parse_multipart(to_multipart(items, "X"), "X"), items);
    EXPECT_EQ(to_multipart({}, "X"), "--X--\r\n");
}

TEST(Multipart, NamesStayOnOneLine) {
    EXPECT_EQ(to_multipart({{"a\r\nEvil: 1", "x"}}, "X"),
              "--X\r\nContent-Disposition: form-data; name=\"a%0D%0AEvil: 1\"\r\n\r\nx\r\n--X--\r\n");
}

TEST(Multipart, BoundaryOccursInNoValue) {
    auto const first = choose_boundary({});
    MultiDict const items{{"a", "text " + first + " text"}};
    auto const second = choose_boundary(items);
    EXPECT_NE(first, second);
    EXPECT_EQ(parse_multipart(to_multipart(items, second), second), items);
    EXPECT_EQ(choose_boundary(items), second);
}

}  // namespace
}  // namespace pathology::proxycore::flow
