#include <gtest/gtest.h>

#include <pathology/proxycore/content/encoder.hpp>
#include <pathology/proxycore/flow/response.hpp>

namespace pathology::proxycore::flow {
namespace {

using content::Errc;
using http::Fields;

Response response_with(Fields const& headers, std::string_view raw) {
    Response response;
    response.headers = headers;
    response.raw_content = raw;
    return response;
}

TEST(Content, P35_a_IsEncodedAgainWhenItChanges) {
    auto response =
        response_with({{"Content-Encoding", "gzip"}, {"Content-Length", "0"}}, *content::encode("old", "gzip"));
    EXPECT_EQ(*response.content(), "old");
    response.set_content("new text");
    EXPECT_EQ(*response.content(), "new text");
    EXPECT_EQ(*response.raw_content, *content::encode("new text", "gzip"));
    EXPECT_EQ(response.headers.first("Content-Length"), std::to_string(response.raw_content->size()));
    EXPECT_EQ(response.headers.first("Content-Encoding"), "gzip");
}

TEST(Content, P35_b_UnknownCodingIsAnErrorOrStays) {
    auto response = response_with({{"Content-Encoding", "lzma"}}, "bytes");
    auto const strict = response.content();
    ASSERT_TRUE(strict.has_error());
    EXPECT_EQ(strict.error().code, Errc::unknown_coding);
    EXPECT_THROW(strict.value(), std::runtime_error);
    EXPECT_EQ(response.content_or_raw(), "bytes");
    response.set_content("new");
    EXPECT_FALSE(response.headers.contains("Content-Encoding"));
    EXPECT_EQ(response.raw_content, "new");
    EXPECT_EQ(response.headers.first("content-length"), "3");
}

TEST(Content, P35_c_ChunkedMessagesGetNoLength) {
    auto response = response_with({{"Transfer-Encoding", "chunked"}}, "old");
    response.set_content("new text");
    EXPECT_EQ(response.raw_content, "new text");
    EXPECT_FALSE(response.headers.contains("Content-Length"));
}

TEST(Content, P35_StopsAtTheLimit) {
    auto const response =
        response_with({{"Content-Encoding", "gzip"}}, *content::encode(std::string(5000, 'a'), "gzip"));
    EXPECT_EQ(response.content(4999).error().code, Errc::too_large);
    EXPECT_EQ(response.content(5000)->size(), 5000U);
    EXPECT_EQ(response.content_or_raw(10), response.raw_content);
}

TEST(Content, MissingIsNotEmpty) {
    Response response;
    EXPECT_EQ(response.raw_content, std::nullopt);
    EXPECT_EQ(*response.content(), "");
    EXPECT_EQ(*response.text(), "");
    response.set_content("");
    EXPECT_EQ(response.raw_content, "");
    EXPECT_EQ(response.headers.first("Content-Length"), "0");
    response.remove_content();
    EXPECT_EQ(response.raw_content, std::nullopt);
    EXPECT_TRUE(response.decode().has_value());
    EXPECT_EQ(response.raw_content, std::nullopt);
}

TEST(Content, P35_DecodesForGood) {
    auto response = response_with({{"Content-Encoding", "br"}}, *content::encode("text", "br"));
    EXPECT_TRUE(response.decode().has_value());
    EXPECT_EQ(response.raw_content, "text");
    EXPECT_EQ(response.headers, (Fields{{"content-length", "4"}}));
}

TEST(Content, P35_DecodesBrokenContentOnlyWhenLenient) {
    auto response = response_with({{"Content-Encoding", "gzip"}}, "no gzip");
    EXPECT_EQ(response.decode().error().code, Errc::corrupt);
    EXPECT_TRUE(response.headers.contains("Content-Encoding"));
    EXPECT_TRUE(response.decode(Strictness::lenient).has_value());
    EXPECT_EQ(response.raw_content, "no gzip");
    EXPECT_FALSE(response.headers.contains("Content-Encoding"));
}

TEST(Content, P35_EncodesWhatIsThere) {
    auto response = response_with({}, "text");
    EXPECT_TRUE(response.encode("zstd").has_value());
    EXPECT_EQ(response.headers.first("Content-Encoding"), "zstd");
    EXPECT_EQ(*response.content(), "text");
    auto const before = response;
    EXPECT_EQ(response.encode("lzma").error().code, Errc::unknown_coding);
    EXPECT_EQ(response, before);
}

TEST(Text, P35_UsesTheCharset) {
    auto response = response_with({{"Content-Type", "text/html; charset=iso-8859-1"}}, "\xe4");
    EXPECT_EQ(*response.text(), "\xc3\xa4");
    response.set_text("\xc3\xb6");
    EXPECT_EQ(response.raw_content, "\xf6");
    EXPECT_EQ(response.headers.first("Content-Type"), "text/html; charset=iso-8859-1");
}

TEST(Text, P35_BecomesUtf8WhenTheCharsetCannotHoldIt) {
    auto response = response_with({{"Content-Type", "text/html; a=b; charset=iso-8859-1"}}, "");
    response.set_text("\xe2\x82\xac");
    EXPECT_EQ(response.raw_content, "\xe2\x82\xac");
    EXPECT_EQ(response.headers.first("Content-Type"), "text/html; a=b; charset=utf-8");
    EXPECT_EQ(*response.text(), "\xe2\x82\xac");
    auto untyped = response_with({}, "");
    untyped.set_text("\xe2\x82\xac");
    EXPECT_EQ(untyped.headers.first("Content-Type"), "text/plain; charset=utf-8");
}

TEST(Text, P35_KeepsBytesThatAreNoneWhenLenient) {
    auto response = response_with({{"Content-Type", "application/json"}}, "\"\xff\"");
    auto const strict = response.text();
    ASSERT_TRUE(strict.has_error());
    EXPECT_EQ(strict.error().code, Errc::malformed_text);
    EXPECT_EQ(strict.error().offset, 1U);
    auto const lenient = *response.text(Strictness::lenient);
    response.set_text("[" + lenient + "]");
    EXPECT_EQ(response.raw_content, "[\"\xff\"]");
    EXPECT_EQ(response.headers.first("Content-Type"), "application/json");
}

TEST(Text, P35_UnknownCharsetIsAnErrorOrUtf8) {
    auto response = response_with({{"Content-Type", "text/plain; charset=x-none"}}, "\xc3\xa4\xff");
    EXPECT_EQ(response.text().error().code, Errc::unknown_charset);
    auto const lenient = *response.text(Strictness::lenient);
    EXPECT_TRUE(lenient.starts_with("\xc3\xa4"));
    response.set_text(lenient);
    EXPECT_EQ(response.raw_content, "\xc3\xa4\xff");
    EXPECT_EQ(response.headers.first("Content-Type"), "text/plain; charset=utf-8");
}

TEST(Text, P35_OfBrokenContentIsItsBytesWhenLenient) {
    auto const response = response_with({{"Content-Encoding", "gzip"}}, "no gzip");
    EXPECT_EQ(response.text().error().code, Errc::corrupt);
    EXPECT_EQ(*response.text(Strictness::lenient), "no gzip");
}

TEST(Message, ReplacesInFieldsAndContent) {
    auto response = response_with({{"X", "foo"}, {"Content-Encoding", "gzip"}}, *content::encode("foo foo", "gzip"));
    EXPECT_EQ(response.replace(pattern::Pattern::compile("foo").value(), "bar"), 3U);
    EXPECT_EQ(response.headers.first("X"), "bar");
    EXPECT_EQ(*response.content(), "bar bar");
    auto broken = response_with({{"Content-Encoding", "gzip"}}, "foo");
    EXPECT_EQ(broken.replace(pattern::Pattern::compile("foo").value(), "bar"), 0U);
    EXPECT_EQ(broken.raw_content, "foo");
}

}  // namespace
}  // namespace pathology::proxycore::flow
