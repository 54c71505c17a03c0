// What a reader keeps in memory.
#include "http1/read_buffer.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace pathology::proxycore::http1 {
namespace {

void take(ReadBuffer& buffer, std::string_view bytes) {
    std::memcpy(buffer.prepare(bytes.size()).data(), bytes.data(), bytes.size());
    buffer.commit(bytes.size());
}

TEST(ReadBuffer, KeepsItsRoomFromMessageToMessage) {
    ReadBuffer buffer;
    auto const* const room = buffer.prepare(4096).data();
    take(buffer, "all");
    buffer.begin_event();
    buffer.use(3);
    buffer.begin_event();
    EXPECT_EQ(buffer.prepare(1024).data(), room);
    EXPECT_EQ(buffer.prepare(1024).size(), 4096U);
}

TEST(ReadBuffer, DoesNotKeepTheRoomOfALargeMessageForASmallOne) {
    ReadBuffer buffer;
    buffer.prepare(65536);
    EXPECT_EQ(buffer.prepare(1024).size(), 1024U);
}

TEST(ReadBuffer, KeepsWhatIsUnread) {
    ReadBuffer buffer;
    buffer.prepare(65536);
    take(buffer, "abc");
    buffer.begin_event();
    buffer.use(1);
    buffer.release();
    EXPECT_EQ(buffer.event(), "a");
    EXPECT_GE(buffer.prepare(16).size(), 16U);
    EXPECT_EQ(buffer.unread(), "bc");
}

TEST(ReadBuffer, HasNoneWhenItRests) {
    ReadBuffer buffer;
    take(buffer, "abc");
    buffer.begin_event();
    buffer.use(3);
    buffer.release();
    EXPECT_EQ(buffer.event(), "");
    EXPECT_EQ(buffer.prepare(8).size(), 8U);
    take(buffer, "next");
    EXPECT_EQ(buffer.unread(), "next");
}

}  // namespace
}  // namespace pathology::proxycore::http1
