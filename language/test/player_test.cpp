#include <pathology/language/player.hpp>

#include <gtest/gtest.h>

#include "support/folder.hpp"
#include "support/spec.hpp"

namespace pathology::language {
namespace {

/// The message with an action at every offset, told in one number.
using SpecAt = std::string (*)(std::size_t at);

struct EveryOffsetCase {
    std::string_view name;
    SpecAt spec;
    std::size_t length;
};

void PrintTo(EveryOffsetCase const& c, std::ostream* out) { *out << c.name; }

class EveryOffset : public testing::TestWithParam<EveryOffsetCase> {
protected:
    EveryOffset() {
        folder.write("file", "0123456789");
        settings.files = FileAccess::below(folder.path());
    }

    pathology::test::Folder folder;
    Settings settings;
};

TEST_P(EveryOffset, SendsTheSameInBlocksOfEverySize) {
    for (std::size_t at = 0; at <= GetParam().length + 1; ++at) {
        auto const plan = test::plan(test::request(GetParam().spec(at)), settings);
        auto const whole = test::play(plan, 1, 1000);
        ASSERT_EQ(whole.error, "");
        for (std::size_t block = 1; block <= whole.bytes.size() + 1; ++block) {
            ASSERT_EQ(test::play(plan, 1, block), whole) << "offset " << at << ", blocks of " << block;
        }
    }
}

TEST_P(EveryOffset, PutsTheActionBetweenTheBytesOfTheMessage) {
    auto const clean = test::play(test::plan(test::request(GetParam().spec(10000)), settings), 1);
    for (std::size_t at = 0; at < GetParam().length; ++at) {
        auto const played = test::play(test::plan(test::request(GetParam().spec(at)), settings), 1);
        if (!clean.pauses.empty()) {
            EXPECT_EQ(played.bytes, clean.bytes);
            EXPECT_EQ(played.pauses.front().first, at);
        } else if (clean.disconnected) {
            EXPECT_EQ(played.bytes, clean.bytes.substr(0, at));
        } else {
            auto expected = clean.bytes.substr(0, GetParam().length);
            expected.insert(at, "INJECT");
            EXPECT_EQ(played.bytes, expected);
        }
    }
}

std::string at(std::string_view spec, std::size_t n) {
    auto text = std::string(spec);
    return text.replace(text.find('#'), 1, std::to_string(n));
}

EveryOffsetCase const every_offset_cases[] = {
    {"PauseInBytes", [](std::size_t n) { return at("get:/:r:b'body':p#,3", n); }, 22},
    {"PauseInGenerated", [](std::size_t n) { return at("get:/:r:h@3,digits='x':b@9:p#,f", n); }, 35},
    {"PauseInAFile", [](std::size_t n) { return at("get:/:r:b<'file':p#,3", n); }, 28},
    {"InjectionIntoBytes", [](std::size_t n) { return at("get:/:r:b'body':i#,'INJECT'", n); }, 22},
    {"InjectionIntoGenerated", [](std::size_t n) { return at("get:@5:r:b@9:i#,'INJECT'", n); }, 31},
    {"InjectionIntoMaskedGenerated", [](std::size_t n) { return at("wf:k'abcd':b@13:i#,'INJECT'", n); }, 19},
    {"InjectionIntoAMaskedFile", [](std::size_t n) { return at("wf:k'abcd':b<'file':i#,'INJECT'", n); }, 16},
    {"InjectionIntoMaskedBytes", [](std::size_t n) { return at("wf:k'abcd':b'some text':i#,'INJECT'", n); }, 15},
    {"DisconnectInBytes", [](std::size_t n) { return at("get:/:r:b'body':d#", n); }, 22},
    {"DisconnectInGenerated", [](std::size_t n) { return at("get:/:r:b@9:d#", n); }, 27},
};
INSTANTIATE_TEST_SUITE_P(Actions, EveryOffset, testing::ValuesIn(every_offset_cases),
                         [](auto const& row) { return std::string(row.param.name); });

TEST(Player, PlaysTheStartOfATerabyteInOneBlock) {
    auto const plan = test::plan(test::response("200:b@1t"));
    EXPECT_EQ(plan.base_length - (1ULL << 40U),
              std::string("HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n").size());
    Player player;
    player.start(plan, 1);
    std::size_t sent = 0;
    char const* buffer = nullptr;
    while (sent < 1U << 20U) {
        auto const action = player.next();
        ASSERT_TRUE(action.has_value());
        auto const bytes = std::get<Send>(*action).bytes;
        ASSERT_LE(bytes.size(), Player::default_block);
        if (buffer == nullptr) buffer = bytes.data();
        ASSERT_EQ(bytes.data(), buffer) << "one buffer, used again";
        sent += bytes.size();
    }
    EXPECT_FALSE(player.at_end());
}

TEST(Player, GivesALongLiteralWithoutCopyingIt) {
    auto const plan = test::plan(test::response("200:b'" + std::string(Player::default_block, 'x') + "'"));
    Player player;
    player.start(plan, 1);
    auto const action = player.next();
    EXPECT_EQ(std::get<Send>(*action).bytes.data(), std::get<SendBytes>(plan.steps.front()).bytes.data());
    EXPECT_TRUE(player.at_end());
}

TEST(Player, PutsSmallPiecesIntoOneBlock) {
    auto const plan = test::plan(test::response("200:h@3='x':b@9:h@1=@1"));
    Player player;
    player.start(plan, 1);
    EXPECT_EQ(std::get<Send>(*player.next()).bytes.size(), plan.length);
    EXPECT_TRUE(std::holds_alternative<Finished>(*player.next()));
}

TEST(Player, IsAtItsEndBeforeAndAfterAPlan) {
    Player player;
    EXPECT_TRUE(player.at_end());
    EXPECT_TRUE(std::holds_alternative<Finished>(*player.next()));
    auto const plan = test::plan(test::response("200:d0"));
    player.start(plan, 1);
    EXPECT_FALSE(player.at_end());
    EXPECT_TRUE(std::holds_alternative<Disconnect>(*player.next()));
    EXPECT_TRUE(std::holds_alternative<Finished>(*player.next()));
}

TEST(Player, PlaysOnePlanAfterAnother) {
    auto const first = test::plan(test::response("200:b@100k"));
    auto const second = test::plan(test::response("404:b@9"));
    Player player;
    player.start(first, 1);
    (void)player.next();
    player.start(second, 7);
    auto const action = player.next();
    auto const bytes = std::get<Send>(*action).bytes;
    EXPECT_EQ(std::string(bytes.begin(), bytes.end()), test::play(second, 7).bytes);
}

TEST(Player, ReadsFilesBlockByBlock) {
    pathology::test::Folder const folder;
    std::string content;
    for (int i = 0; i < 30000; ++i) content += std::to_string(i);
    folder.write("file", content);
    Settings settings;
    settings.files = FileAccess::below(folder.path());
    auto const plan = test::plan(test::response("200:r:b<file"), settings);
    for (std::size_t const block : {7, 1000, 65536, 1 << 20}) {
        EXPECT_EQ(test::play(plan, 1, block).bytes, "HTTP/1.1 200 OK\r\n\r\n" + content) << block;
    }
}

TEST(Player, ReportsAFileThatBecameShorter) {
    pathology::test::Folder const folder;
    folder.write("file", std::string(100, 'x'));
    Settings settings;
    settings.files = FileAccess::below(folder.path());
    auto const plan = test::plan(test::response("200:b<file"), settings);
    std::filesystem::resize_file(folder.path() / "file", 10);
    EXPECT_EQ(test::play(plan, 1).error, "cannot load file 'file': it became shorter while it was being sent");
}

TEST(Player, SendsOtherDataForOtherSeeds) {
    auto const plan = test::plan(test::response("200:b@32:h'a'=@32"));
    EXPECT_EQ(test::play(plan, 1), test::play(plan, 1));
    EXPECT_NE(test::play(plan, 1), test::play(plan, 2));
    auto const bytes = test::play(plan, 1).bytes;
    EXPECT_NE(bytes.substr(20, 32), bytes.substr(bytes.size() - 32)) << "each value has a stream of its own";
}

struct Shown {
    std::string bytes;
    Parsed<PreviewEnd> end;
};

Shown show(std::string_view spec, std::size_t max_blocks = 1000) {
    auto const plan = test::plan(test::response(spec));
    Player player(4);
    player.start(plan, 1);
    std::string bytes;
    auto const end = preview(player, [&](std::string_view block) {
        bytes += block;
        return --max_blocks > 0;
    });
    return {bytes, end};
}

TEST(Preview, WaitsForNoPause) {
    auto const [bytes, end] = show("200:r:b'abc':p3,f");
    EXPECT_EQ(bytes, "HTTP/1.1 200 OK\r\n\r\nabc");
    EXPECT_EQ(end.value(), PreviewEnd::finished);
}

struct RepeatedCase {
    std::string_view name, spec;
};
void PrintTo(RepeatedCase const& c, std::ostream* out) { *out << c.spec; }
class C2_Repetition : public testing::TestWithParam<RepeatedCase> {};

TEST_P(C2_Repetition, PlaysThePlanOftenInBlocksOfEverySize) {
    auto const plan = test::plan(test::response(GetParam().spec));
    auto const once = test::play(plan, 1);
    for (std::uint64_t const times : {0, 1, 2, 3, 100}) {
        test::Played expected;
        for (std::uint64_t i = 0; i < times && !expected.disconnected; ++i) {
            for (auto const& [at, seconds] : once.pauses)
                expected.pauses.emplace_back(expected.bytes.size() + at, seconds);
            expected.bytes += once.bytes;
            expected.disconnected = once.disconnected;
        }
        for (std::size_t const block : {1, 2, 3, 7, 64, 1000, 65536}) {
            ASSERT_EQ(test::play(plan, 1, block, times), expected) << times << " times, blocks of " << block;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Player, C2_Repetition,
    testing::Values(RepeatedCase{"Frame", "wf:b'hi'"}, RepeatedCase{"Generated", "wf:b@20:k'abcd'"},
                    RepeatedCase{"NoBytes", "h2p:''"}, RepeatedCase{"Pauses", "wf:b'hi':p0,1:pa,2"},
                    RepeatedCase{"Disconnect", "wf:b'hi':d3"}, RepeatedCase{"Injection", "wf:b@3:i1,'x':ia,@2"}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(C2_Repetition, FillsABlockWithManyRepetitions) {
    auto const plan = test::plan(test::response("wf:b'hi'"));
    Player player;
    player.start(plan, 1, UINT64_MAX);
    EXPECT_EQ(std::get<Send>(*player.next()).bytes.size(), Player::default_block);
    EXPECT_FALSE(player.at_end());
}

TEST(Preview, EndsAtADisconnect) {
    auto const [bytes, end] = show("200:d8");
    EXPECT_EQ(bytes, "HTTP/1.1");
    EXPECT_EQ(end.value(), PreviewEnd::disconnected);
}

TEST(Preview, StopsWhenTheWriterReturnsFalse) {
    auto const [bytes, end] = show("200:b@1t", 2);
    EXPECT_LT(bytes.size(), 200U);
    EXPECT_EQ(end.value(), PreviewEnd::stopped);
}

TEST(Preview, ReportsAFileThatBecameShorter) {
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
