#include <pathology/proxycore/console/dump.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace pathology::proxycore::console {
namespace {

using namespace std::string_view_literals;

struct DumpCase {
    std::string_view name, data, shown;
};

class DumpText : public testing::TestWithParam<DumpCase> {};
TEST_P(DumpText, ShowsLinesBehindTabs) { EXPECT_EQ(dump_text(GetParam().data), GetParam().shown); }

INSTANTIATE_TEST_SUITE_P(
    Data, DumpText,
    testing::Values(DumpCase{"Response", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na\nb",
                             "\tHTTP/1.1 200 OK\r\n\tContent-Length: 3\r\n\t\r\n\ta\n\tb\n"},
                    DumpCase{"RequestEndsWithAnEmptyLine", "GET / HTTP/1.1\r\n\r\n", "\tGET / HTTP/1.1\r\n\t\r\n\t\n"},
                    DumpCase{"Empty", "", "\t\n"}, DumpCase{"Spacing", "a\tb\r\nc", "\ta\tb\r\n\tc\n"},
                    DumpCase{"ACarriageReturnAlone", "a\rb\r", "\ta.b.\n"},
                    DumpCase{"Unprintable", "\x00\x01\x1b\x7f\x80\xff~ "sv, "\t......~ \n"}),
    [](auto const& row) { return std::string(row.param.name); });

class DumpHex : public testing::TestWithParam<DumpCase> {};
TEST_P(DumpHex, ShowsSixteenBytesALine) { EXPECT_EQ(dump_hex(GetParam().data), GetParam().shown); }

INSTANTIATE_TEST_SUITE_P(
    Data, DumpHex,
    testing::Values(DumpCase{"Response", "HTTP/1.1 200 OK\r\n\xff"sv,
                             "\t0000000000 48 54 54 50 2f 31 2e 31 20 32 30 30 20 4f 4b 0d HTTP/1.1 200 OK.\n"
                             "\t0000000010 0a ff                                           ..\n"},
                    DumpCase{"AsRecorded", " 2\r\n\r\n\0\xff"sv,
                             "\t0000000000 20 32 0d 0a 0d 0a 00 ff                          2......\n"},
                    DumpCase{"OneByte", "x", "\t0000000000 78                                              x\n"},
                    DumpCase{"FullLine", "0123456789abcdef",
                             "\t0000000000 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66 0123456789abcdef\n"},
                    DumpCase{"Empty", "", ""}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(DumpHex, CountsOffsetsInHexadecimal) {
    auto const shown = dump_hex(std::string(0x1001, 'a'));
    EXPECT_NE(shown.find("\n\t0000000ff0 61"), std::string::npos);
    EXPECT_NE(shown.find("\n\t0000001000 61 "), std::string::npos);
}

}  // namespace
}  // namespace pathology::proxycore::console
