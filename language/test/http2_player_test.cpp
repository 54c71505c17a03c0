// Playing the frames of HTTP/2: bytes, and what stands between them.
#include <gtest/gtest.h>

#include <pathology/language/http2.hpp>
#include <pathology/language/http2_player.hpp>
#include <pathology/language/parse.hpp>
#include <pathology/language/resolve.hpp>
#include <pathology/proxycore/http2/frame_reader.hpp>

namespace pathology::language {
namespace {

namespace http2 = proxycore::http2;

Plan plan_of(std::string_view spec) {
    Settings settings;
    settings.protocol = Protocol::http2;
    Rng rng(1);
    auto const messages = parse_http2_responses(spec).value();
    return make_plan(resolve(messages.front(), settings, rng).value(), settings).value();
}

/// How many bytes come before each thing that is none: `13 allowance 3, 12 finished`.
std::string played(std::string_view spec, std::size_t limit, bool obeys_windows = true) {
    auto const plan = plan_of(spec);
    Player player;
    Http2Player frames(player);
    frames.reset();
    frames.start(plan, {.seed = 1, .stream = 1, .obeys_windows = obeys_windows});
    std::string text, out;
    std::size_t size = 0;
    for (;;) {
        out.clear();
        auto const next = frames.advance(out, limit);
        size += out.size();
        EXPECT_LE(out.size(), limit + 8);  // and a header that was held back
        if (next == Http2Player::Next::bytes) continue;
        text += (text.empty() ? "" : ", ") + std::to_string(size);
        size = 0;
        switch (next) {
            case Http2Player::Next::allowance:
                text += " allowance " + std::to_string(frames.needed());
                frames.allow();
                break;
            case Http2Player::Next::pause:
                text += frames.is_between_frames() ? " pause between" : " pause inside";
                break;
            case Http2Player::Next::disconnect: return text + " disconnect";
            default: return text + " finished";
        }
    }
}

struct PlayedCase {
    std::string_view spec, played;
};
void PrintTo(PlayedCase const& row, std::ostream* out) { *out << row.spec; }

class Http2Frames : public testing::TestWithParam<PlayedCase> {};

TEST_P(Http2Frames, ArePlayedWithoutLosingAByteWhateverTheLimit) {
    for (std::size_t const limit : {1U, 2U, 8U, 9U, 10U, 1U << 20U}) {
        EXPECT_EQ(played(GetParam().spec, limit), GetParam().played) << limit;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Specs, Http2Frames,
    testing::Values(PlayedCase{"200", "13 finished"}, PlayedCase{"200:b'abc'", "13 allowance 3, 12 finished"},
                    PlayedCase{"200:b'abc':p0,1", "0 pause between, 13 allowance 3, 12 finished"},
                    PlayedCase{"200:b'abc':p5,1", "5 pause inside, 8 allowance 3, 12 finished"},
                    PlayedCase{"200:b'abc':p13,1", "13 pause between, 0 allowance 3, 12 finished"},
                    PlayedCase{"200:b'abc':p15,1", "15 pause inside, 10 finished"},
                    PlayedCase{"200:b'abc':p23,1", "13 allowance 3, 10 pause inside, 2 finished"},
                    PlayedCase{"200:b'abc':da", "13 allowance 3, 12 disconnect"},
                    PlayedCase{"200:b'abc':d2", "2 disconnect"},
                    PlayedCase{"200:b'abc':pa,1", "13 allowance 3, 12 pause between, 0 finished"},
                    PlayedCase{"200:b@20000", "16 allowance 16384, 16393 allowance 3616, 3625 finished"}),
    [](auto const& row) { return "Number" + std::to_string(row.index); });

// --- windows that are smaller than a frame ---------------------------------------------------------------------------

struct DividedCase {
    std::string_view name, spec;
    std::vector<std::size_t> allowances;  // one after the other; the last one again and again
    std::string frames;
};
void PrintTo(DividedCase const& row, std::ostream* out) { *out << row.name; }

class DividedFrames : public testing::TestWithParam<DividedCase> {};

/// The DATA frames of a plan, with a bar where a pause is.
std::string divided(DividedCase const& row, std::size_t limit) {
    auto const plan = plan_of(row.spec);
    Player player;
    Http2Player frames(player);
    frames.reset();
    frames.start(plan, {.seed = 1, .stream = 1});
    http2::FrameReader reader;
    auto allowances = row.allowances;
    std::string text;
    for (int step = 0; step < 1000; ++step) {
        std::string out;
        auto const next = frames.advance(out, limit);
        reader.feed(out);
        while (auto const frame = reader.next().value()) {
            if (frame->header.type != 0) continue;
            text += "DATA" + std::string(frame->header.flags == 0 ? "" : " END_STREAM") + " '" +
                    std::string(frame->payload) + "' ";
        }
        if (next == Http2Player::Next::pause) text += frames.is_between_frames() ? "pause " : "pause inside ";
        if (next == Http2Player::Next::disconnect) text += "disconnect ";
        if (next == Http2Player::Next::disconnect || next == Http2Player::Next::finished) return text;
        if (next != Http2Player::Next::allowance) continue;
        EXPECT_TRUE(frames.is_between_frames());
        EXPECT_EQ(frames.least_allowance(), 1U);
        frames.allow(std::min(frames.needed(), allowances.front()));
        if (allowances.size() > 1) allowances.erase(allowances.begin());
    }
    return text + "no end";
}

TEST_P(DividedFrames, C17_CarryWhatIsAllowed) {
    for (std::size_t const limit : {1U, 9U, 10U, 1U << 20U}) EXPECT_EQ(divided(GetParam(), limit), GetParam().frames);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc9113, DividedFrames,
    testing::Values(
        DividedCase{"One", "200:b'abc'", {1}, "DATA 'a' DATA 'b' DATA END_STREAM 'c' "},
        DividedCase{"OneThenMore", "200:b'abcdef'", {1, 2, 9}, "DATA 'a' DATA 'bc' DATA END_STREAM 'def' "},
        DividedCase{"Enough", "200:b'abc'", {3}, "DATA END_STREAM 'abc' "},
        DividedCase{"PauseInsideAPart", "200:b'abcd':p23,1", {2}, "pause inside DATA 'ab' DATA END_STREAM 'cd' "},
        DividedCase{"PauseAfterAPart", "200:b'abcd':p24,1", {2}, "DATA 'ab' pause inside DATA END_STREAM 'cd' "},
        DividedCase{"Disconnect", "200:b'abcd':da", {3}, "DATA 'abc' DATA END_STREAM 'd' disconnect "}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(Http2Player, LetsRawFramesGoWithoutAllowance) { EXPECT_EQ(played("h2f:DATA:'abc'", 100, false), "12 finished"); }

}  // namespace
}  // namespace pathology::language
