#include "redis/reply.hpp"

#include <gmock/gmock.h>

#include "support/row_name.hpp"

namespace pathology::proxycore::redis {
namespace {

/// `text`, `!error`, `3`, `_` for none, `[a b]` for a list.
std::string print(Reply const& reply) {
    std::string text;
    switch (reply.kind) {
        case Reply::Kind::none: return "_";
        case Reply::Kind::text: return reply.text;
        case Reply::Kind::error: return "!" + reply.text;
        case Reply::Kind::integer: return std::to_string(reply.integer);
        case Reply::Kind::list:
            for (auto const& element : reply.list) text += (text.empty() ? "" : " ") + print(element);
            return "[" + text + "]";
    }
    return "?";
}

struct Read {
    std::vector<std::string> replies;
    std::string why;
};

/// Feeds pieces of `step` bytes, as a connection does.
Read read(std::string_view bytes, std::size_t step) {
    ReplyReader reader;
    Read read;
    for (; !bytes.empty() && read.why.empty(); bytes.remove_prefix(std::min(step, bytes.size()))) {
        reader.feed(bytes.substr(0, step));
        while (auto const reply = reader.next()) read.replies.push_back(print(*reply));
        read.why = reader.why();
    }
    return read;
}

TEST(RedisReplies, P82_AreReadFromAnyPieces) {
    std::string const bytes =
        "+OK\r\n-ERR no\r\n:42\r\n$5\r\na\r\nbc\r\n$-1\r\n$0\r\n\r\n*-1\r\n*0\r\n*2\r\n$1\r\nx\r\n*1\r\n:7\r\n+Z\r\n";
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
        auto const found = read(bytes, step);
        EXPECT_THAT(found.replies,
                    testing::ElementsAre("OK", "!ERR no", "42", "a\r\nbc", "_", "", "_", "[]", "[x [7]]", "Z"))
            << step;
        EXPECT_EQ(found.why, "") << step;
    }
}

struct BadReply {
    char const* name;
    std::string bytes;
    char const* why;
};
void PrintTo(BadReply const& row, std::ostream* out) { *out << row.name; }

class P82_BadRedisReply : public testing::TestWithParam<BadReply> {};

TEST_P(P82_BadRedisReply, IsAFailureWithItsReason) {
    for (std::size_t const step : {std::size_t{1}, std::size_t{4096}}) {
        auto const found = read("+OK\r\n" + GetParam().bytes, step);
        EXPECT_THAT(found.why, testing::HasSubstr(GetParam().why)) << step;
        EXPECT_THAT(found.replies, testing::ElementsAre("OK")) << step;
    }
}

std::string nested(std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "*1\r\n";
    return text + ":1\r\n";
}

INSTANTIATE_TEST_SUITE_P(
    Redis, P82_BadRedisReply,
    testing::Values(BadReply{"Http", "HTTP/1.1 400 Bad Request\r\n\r\n", "is not valid"},
                    BadReply{"Nul", std::string(3, '\0'), "is not valid"},
                    BadReply{"LongList", "*2147483647\r\n", "more than 1024 elements"},
                    BadReply{"ListJustTooLong", "*1025\r\n", "more than 1024 elements"},
                    BadReply{"DeepList", nested(50), "is not valid"},
                    BadReply{"LongText", "$1000000000\r\n" + std::string(40'000, 'x'), "longer than 32768 bytes"},
                    BadReply{"LongLine", "+" + std::string(40'000, 'x'), "longer than 32768 bytes"},
                    BadReply{"LongListOfTexts",
                             "*1024\r\n" +
                                 [] {
                                     std::string text;
                                     for (int i = 0; i < 1000; ++i) text += "$70\r\n" + std::string(70, 'x') + "\r\n";
                                     return text;
                                 }(),
                             "longer than 32768 bytes"}),
    pathology::test::row_name);

TEST(RedisCommands, P82_CarryAnyBytes) {
    using namespace std::string_view_literals;
    std::string out;
    append(out, {"SET", std::string("a\r\n\0b", 5), ""});
    EXPECT_EQ(out, "*3\r\n$3\r\nSET\r\n$5\r\na\r\n\0b\r\n$0\r\n\r\n"sv);
}

}  // namespace
}  // namespace pathology::proxycore::redis
