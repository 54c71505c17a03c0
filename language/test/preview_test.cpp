#include <pathology/language/preview.hpp>

#include <gtest/gtest.h>

#include "support/folder.hpp"
#include "support/spec.hpp"

namespace pathology::language {
namespace {

struct Shown {
    std::string bytes;
    Parsed<PreviewEnd> end;
};

Shown show(std::string_view spec, std::size_t most_blocks = 1000) {
    auto const plan = test::plan(test::response(spec));
    Player player(4);
    player.start(plan, 1);
    std::string bytes;
    auto const end = preview(player, [&](std::string_view block) {
        bytes += block;
        return --most_blocks > 0;
    });
    return {bytes, end};
}

TEST(Preview, WaitsForNoPause) {
    auto const [bytes, end] = show("200:r:b'abc':p3,f");
    EXPECT_EQ(bytes, "HTTP/1.1 200 OK\r\n\r\nabc");
    EXPECT_EQ(end.value(), PreviewEnd::finished);
}

TEST(Preview, EndsAtADisconnect) {
    auto const [bytes, end] = show("200:d8");
    EXPECT_EQ(bytes, "HTTP/1.1");
    EXPECT_EQ(end.value(), PreviewEnd::disconnected);
}

TEST(Preview, StopsWhenNobodyWantsMore) {
    auto const [bytes, end] = show("200:b@1t", 2);
    EXPECT_LT(bytes.size(), 200U);
    EXPECT_EQ(end.value(), PreviewEnd::unwanted);
}

TEST(Preview, TellsThatAFileHasGone) {
    pathology::test::Folder const folder;
    folder.write("long", std::string(1000, 'x'));
    Settings settings;
    settings.files = FileAccess::below(folder.path());
    auto const plan = test::plan(test::response("200:b<long"), settings);
    std::filesystem::resize_file(folder.path() / "long", 10);
    Player player;
    player.start(plan, 1);
    auto const end = preview(player, [](std::string_view) { return true; });
    EXPECT_EQ(end.error().code, SpecErrc::file_access);
}

}  // namespace
}  // namespace pathology::language
