#include <gtest/gtest.h>

#include <pathology/proxycore/http/escaped.hpp>

namespace pathology::proxycore::http {
namespace {

TEST(Escaped, LooksLikeAPythonLiteral) {
    EXPECT_EQ(escaped("a b~"), "a b~");
    EXPECT_EQ(escaped("\r\n\t\\"), "\\r\\n\\t\\\\");
    EXPECT_EQ(escaped(std::string_view("\0\x7f\xff", 3)), "\\x00\\x7f\\xff");
    EXPECT_EQ(escaped("it's \"so\""), "it's \"so\"");
    EXPECT_EQ(escaped("it's", '\''), "it\\'s");
}

TEST(Quoted, IsCutAndMarked) {
    EXPECT_EQ(quoted("a\"b"), "\"a\\\"b\"");
    EXPECT_EQ(quoted("abcdef", 3), "\"abc...\"");
    EXPECT_EQ(quoted("abc", 3), "\"abc\"");
}

}  // namespace
}  // namespace pathology::proxycore::http
