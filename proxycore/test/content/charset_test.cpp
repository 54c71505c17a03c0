#include <gtest/gtest.h>

#include <ostream>
#include <pathology/proxycore/content/charset.hpp>

#include "support/row_name.hpp"

namespace pathology::proxycore::content {
namespace {

struct CharsetCase {
    std::string_view name, content_type, bytes, charset;
};
void PrintTo(CharsetCase const& row, std::ostream* out) { *out << row.name; }
class P35_d_Charset : public testing::TestWithParam<CharsetCase> {};
TEST_P(P35_d_Charset, IsInferred) {
    EXPECT_EQ(infer_charset(GetParam().content_type, GetParam().bytes), GetParam().charset);
}
TEST_P(P35_d_Charset, IsKnown) {
    EXPECT_TRUE(is_known_charset(infer_charset(GetParam().content_type, GetParam().bytes)));
}
INSTANTIATE_TEST_SUITE_P(
    Table, P35_d_Charset,
    testing::Values(CharsetCase{"Nothing", "", "", "iso-8859-1"}, CharsetCase{"Plain", "text/plain", "a", "iso-8859-1"},
                    CharsetCase{"MarkUtf8", "text/plain; charset=iso-8859-1", "\xef\xbb\xbf", "utf-8"},
                    CharsetCase{"MarkUtf16Le", "",
                                "\xff\xfe"
                                "a",
                                "utf-16le"},
                    CharsetCase{"MarkUtf16Be", "", "\xfe\xff", "utf-16be"},
                    CharsetCase{"MarkUtf32Le", "", {"\xff\xfe\0\0", 4}, "utf-32le"},
                    CharsetCase{"MarkUtf32Be", "", {"\0\0\xfe\xff", 4}, "utf-32be"},
                    CharsetCase{"Parameter", "text/html; charset=\"ISO-8859-2\"", "", "iso-8859-2"},
                    CharsetCase{"ParameterBeforeMeta", "text/html; charset=utf-8", "<meta charset=koi8-r>", "utf-8"},
                    CharsetCase{"EmptyParameter", "application/json; charset=", "", "utf-8"},
                    CharsetCase{"Json", "application/problem+json", "", "utf-8"},
                    CharsetCase{"Html", "text/html", "<p>", "utf-8"},
                    CharsetCase{"Meta", "text/html", "<html><META charset=\"KOI8-R\">", "koi8-r"},
                    CharsetCase{"MetaWithoutQuotes", "text/html", "<meta charset=koi8-r>", "koi8-r"},
                    CharsetCase{"MetaHttpEquiv", "text/html",
                                "<meta http-equiv='content-type' content='text/html; charset=koi8-r'>", "koi8-r"},
                    CharsetCase{"SecondMeta", "text/html", "<meta name=a><meta charset=koi8-r>", "koi8-r"},
                    CharsetCase{"CharsetOutsideMeta", "text/html", "<p charset=koi8-r>", "utf-8"},
                    CharsetCase{"Xml", "application/xml", "<a/>", "utf-8"},
                    CharsetCase{"XmlDeclaration", "text/xml", "<?xml version='1.0' encoding='koi8-r'?><a/>", "koi8-r"},
                    CharsetCase{"XmlLater", "text/xml", "<a/><?xml encoding='koi8-r'?>", "utf-8"},
                    CharsetCase{"JavaScript", "text/javascript", "", "utf-8"},
                    CharsetCase{"EcmaScript", "application/ecmascript", "", "utf-8"},
                    CharsetCase{"Css", "text/css", "a{}", "utf-8"},
                    CharsetCase{"CssRule", "text/css", "@charset \"koi8-r\"; a{}", "koi8-r"},
                    CharsetCase{"CssRuleLater", "text/css", " @charset \"koi8-r\";", "utf-8"},
                    CharsetCase{"Gb2312", "text/plain; charset=GB2312", "", "gb18030"},
                    CharsetCase{"Gbk", "text/html", "<meta charset=gbk>", "gb18030"}),
    test::row_name);

struct TextCase {
    std::string_view name, charset, bytes, text;
};
void PrintTo(TextCase const& row, std::ostream* out) { *out << row.name; }
class TextIn : public testing::TestWithParam<TextCase> {};
TEST_P(TextIn, IsDecoded) { EXPECT_EQ(*decode_text(GetParam().bytes, GetParam().charset), GetParam().text); }
TEST_P(TextIn, IsEncoded) { EXPECT_EQ(*encode_text(GetParam().text, GetParam().charset), GetParam().bytes); }
INSTANTIATE_TEST_SUITE_P(Table, TextIn,
                         testing::Values(TextCase{"Latin1", "iso-8859-1", "\xe4", "\xc3\xa4"},
                                         TextCase{"Utf8", "utf-8", "\xe2\x82\xac", "\xe2\x82\xac"},
                                         TextCase{"Gb18030", "gb18030", "\xc4\xe3", "\xe4\xbd\xa0"},
                                         TextCase{"ShiftJis", "shift_jis", "\x82\xa0", "\xe3\x81\x82"},
                                         TextCase{"Utf16", "utf-16le", {"a\0", 2}, "a"},
                                         TextCase{"Stateful", "iso-2022-jp", "\x1b$B$\"\x1b(B", "\xe3\x81\x82"},
                                         TextCase{"Empty", "utf-8", "", ""}),
                         test::row_name);

TEST(Text, LeavesTheByteOrderMarkOut) {
    EXPECT_EQ(*decode_text("\xef\xbb\xbfx", "utf-8"), "x");
    EXPECT_EQ(*decode_text({"\xff\xfex\0", 4}, "utf-16le"), "x");
    EXPECT_EQ(*decode_text("\xef\xbb\xbf", "iso-8859-1"), "\xc3\xaf\xc2\xbb\xc2\xbf");
}

TEST(Text, KeepsAnyBytesThroughAnEscape) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    for (auto const charset : {"utf-8", "us-ascii", "koi8-r", "gb18030", "euc-jp"}) {
        auto const text = *decode_text(all, charset, Strictness::lenient);
        EXPECT_EQ(*encode_text(text, charset), all) << charset;
    }
    EXPECT_EQ(*decode_text("a\xff", "utf-8", Strictness::lenient), "a\xed\xb3\xbf");
}

TEST(Text, ReportsWhereItIsNone) {
    auto const decoded = decode_text("ab\xff", "utf-8");
    ASSERT_TRUE(decoded.has_error());
    EXPECT_EQ(decoded.error().code, Errc::malformed_text);
    EXPECT_EQ(decoded.error().offset, 2U);
    EXPECT_EQ(decoded.error().message, "bytes that are no text at byte 2 in \"utf-8\"");
    auto const encoded = encode_text("a\xe2\x82\xac", "iso-8859-1");
    ASSERT_TRUE(encoded.has_error());
    EXPECT_EQ(encoded.error().code, Errc::malformed_text);
    EXPECT_EQ(encoded.error().offset, 1U);
    EXPECT_TRUE(decode_text("\xed\xb0\x80", "utf-8").has_error());
}

TEST(Text, RefusesCharsetsNobodyKnows) {
    for (auto const charset : {"", "x-none", "utf-8//TRANSLIT", "a b"}) {
        EXPECT_EQ(decode_text("a", charset).error().code, Errc::unknown_charset) << charset;
        EXPECT_EQ(encode_text("a", charset).error().code, Errc::unknown_charset) << charset;
        EXPECT_FALSE(is_known_charset(charset)) << charset;
    }
}

TEST(Text, MayBeLargerThanAnyBuffer) {
    std::string const bytes(100'000, '\xe4');
    auto const text = *decode_text(bytes, "iso-8859-1");
    EXPECT_EQ(text.size(), 200'000U);
    EXPECT_EQ(*encode_text(text, "iso-8859-1"), bytes);
}

}  // namespace
}  // namespace pathology::proxycore::content
