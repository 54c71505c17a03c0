// pathoc sends what the windows of a server allow (RFC 9113 §6.9), and no more.
#include <gtest/gtest.h>

#include <pathology/proxycore/http2/frame_reader.hpp>

#include "http2/frames.hpp"
#include "support/frame_server.hpp"
#include "support/invoke.hpp"
#include "support/row_name.hpp"

namespace pathology::pathoc::test {
namespace {

using namespace proxycore::http2::test;
using pathology::test::row_name;
using proxycore::http2::ErrorCode;
using proxycore::http2::SettingId;
namespace flag = proxycore::http2::flag;

std::string initial_window(std::uint32_t size) { return settings(setting(SettingId::initial_window_size, size)); }

std::string ok(std::uint32_t stream) {
    return headers(stream, {{":status", "200"}}, flag::end_headers | flag::end_stream);
}

/// The first request gives the SETTINGS of the server the time to arrive: until then its windows are 65535 bytes.
struct WindowCase {
    std::string_view name;
    std::uint32_t window;              // when the request begins
    std::vector<std::string> replies;  // to HEADERS, then to each DATA frame
    std::string content;               // as sent
    std::string spec = "post:/:b'abcdef'";
};
void PrintTo(WindowCase const& row, std::ostream* out) { *out << row.name; }

class PathocWindow : public testing::TestWithParam<WindowCase> {};

/// The DATA frames among lines.
std::string content_of(std::string_view received) {
    std::string text;
    for (std::size_t at = 0; at < received.size();) {
        auto const end = received.find('\n', at);
        auto const line = received.substr(at, end - at);
        if (line.starts_with("DATA")) text += std::string(line.substr(5)) + "\n";
        at = end + 1;
    }
    return text;
}

TEST_P(PathocWindow, C17_IsUsedAsFarAsItGoes) {
    auto const& row = GetParam();
    FrameServer const server({initial_window(row.window), {ok(1), ok(3)}, row.replies});
    auto const outcome = invoke({"--no-timestamp", "--http2-prior-knowledge", "-t", "20", "-p",
                                 std::to_string(server.port()), "127.0.0.1", "get:/", row.spec});
    EXPECT_EQ(outcome.status, 0) << outcome.out;
    EXPECT_EQ(content_of(server.received()), row.content);
}

std::string const more = window_update(3, 1), rest = window_update(3, 100);

INSTANTIATE_TEST_SUITE_P(
    Rfc9113, PathocWindow,
    testing::Values(
        WindowCase{"Zero", 0, {rest}, "3 END_STREAM 'abcdef'\n"},
        WindowCase{"ZeroThenOneEach", 0, {more, more, rest}, "3 'a'\n3 'b'\n3 END_STREAM 'cdef'\n"},
        WindowCase{"One", 1, {"", rest}, "3 'a'\n3 END_STREAM 'bcdef'\n"},
        WindowCase{"Some", 4, {"", rest}, "3 'abcd'\n3 END_STREAM 'ef'\n"},
        WindowCase{"Enough", 6, {}, "3 END_STREAM 'abcdef'\n"},
        WindowCase{"OpenedBySettings", 0, {initial_window(2), initial_window(6)}, "3 'ab'\n3 END_STREAM 'cdef'\n"},
        WindowCase{
            "Negative", 4, {"", initial_window(0) + window_update(3, 5), rest}, "3 'abcd'\n3 'e'\n3 END_STREAM 'f'\n"},
        WindowCase{"WithActions", 2, {"", rest}, "3 'ab'\n3 END_STREAM 'cdef'\n", "post:/:b'abcdef':p3,0"}),
    row_name);

TEST(PathocHttp2, C17_AcknowledgesSettingsBeforeItUsesTheirWindow) {
    FrameServer const server({initial_window(1U << 20U), {ok(1)}, {window_update(0, 1U << 20U)}});
    auto const outcome = invoke({"--no-timestamp", "--http2-prior-knowledge", "-t", "20", "-p",
                                 std::to_string(server.port()), "127.0.0.1", "post:/:b@300k,digits"});
    EXPECT_EQ(outcome.status, 0) << outcome.out;
    auto const received = server.received();
    auto const before = received.substr(0, received.find("SETTINGS ACK"));
    EXPECT_LT(before.size(), received.size());
    EXPECT_LE(std::count_if(before.begin(), before.end(), [](char c) { return c >= '0' && c <= '9'; }), 66000);
}

TEST(PathocHttp2, C17_SendsTheNextRequestAfterOneThatWasResetWhileItWaited) {
    FrameServer const server({initial_window(2), {ok(1), ok(5)}, {"", rst_stream(3, ErrorCode::cancel)}});
    auto const outcome = invoke({"--no-timestamp", "--http2-prior-knowledge", "-t", "20", "-p",
                                 std::to_string(server.port()), "127.0.0.1", "get:/ post:/:b'abcdef' get:/last"});
    EXPECT_EQ(content_of(server.received()), "3 'ab'\n");
    EXPECT_EQ(outcome.out,
              ">> 'GET':/\n<< 200 : 0 bytes\n>> 'POST':/:b'abcdef'\nInvalid server response: stream 3 reset: CANCEL "
              "(8)\n>> 'GET':/last\n<< 200 : 0 bytes\n");
}

TEST(PathocHttp2, C17_SendsABodyThroughWindowsSmallerThanAFrame) {
    std::vector<std::string> const replies(300, window_update(3, 1000) + window_update(0, 1000));
    FrameServer const server({initial_window(1000), {ok(1), ok(3)}, replies});
    auto const outcome = invoke({"--no-timestamp", "--http2-prior-knowledge", "-t", "20", "-p",
                                 std::to_string(server.port()), "127.0.0.1", "get:/", "post:/one:b@200000"});
    EXPECT_EQ(outcome.out, ">> 'GET':/\n<< 200 : 0 bytes\n>> 'POST':/one:b@200000\n<< 200 : 0 bytes\n");
    EXPECT_EQ(outcome.status, 0);
}

// --- the windows that pathoc gives -----------------------------------------------------------------------------------

std::string content(std::uint32_t stream, std::size_t size, unsigned flags = 0) {
    std::string all;
    for (; size > 1000; size -= 1000) all += data(stream, std::string(1000, 'x'));
    return all + data(stream, std::string(size, 'x'), flags);
}

std::string padded(std::uint32_t stream) { return data(stream, '\xff' + std::string(16000, '\0'), flag::padded); }

std::string ok_with(std::uint32_t stream, std::size_t size) {
    return headers(stream, {{":status", "200"}}, flag::end_headers) + content(stream, size) +
           data(stream, "", flag::end_stream);
}

struct GivenCase {
    std::string_view name;
    std::vector<std::string> arguments;
    std::vector<std::string> responses;
    std::string updates;  // WINDOW_UPDATEs of the client, by stream
};
void PrintTo(GivenCase const& row, std::ostream* out) { *out << row.name; }

class PathocGivenWindow : public testing::TestWithParam<GivenCase> {};

/// `0+983041 1+5`
std::string updates_of(std::string_view wire) {
    proxycore::http2::FrameReader frames;
    std::string text;
    frames.feed(wire);
    for (auto next = frames.next(); next && *next; next = frames.next()) {
        auto const& frame = **next;
        if (frame.header.type != static_cast<std::uint8_t>(proxycore::http2::FrameType::window_update)) continue;
        std::uint32_t increment = 0;
        for (char const c : frame.payload) increment = increment << 8U | static_cast<unsigned char>(c);
        text += (text.empty() ? "" : " ") + std::to_string(frame.header.stream) + "+" + std::to_string(increment);
    }
    return text;
}

TEST_P(PathocGivenWindow, IsRestoredWhenHalfOfItIsUsed) {
    auto const& row = GetParam();
    FrameServer const server({settings(), row.responses});
    std::vector<std::string> arguments{
        "--no-timestamp", "--http2-prior-knowledge", "-t", "0.3", "-p", std::to_string(server.port()), "127.0.0.1"};
    arguments.insert(arguments.end(), row.arguments.begin(), row.arguments.end());
    invoke(arguments);
    EXPECT_EQ(updates_of(server.wire()), row.updates) << server.received();
}

INSTANTIATE_TEST_SUITE_P(
    Rfc9113, PathocGivenWindow,
    testing::Values(
        GivenCase{"UsualForShortContent", {"get:/"}, {ok_with(1, 1000)}, "0+983041"},
        GivenCase{"Usual", {"get:/"}, {ok_with(1, 600000)}, "0+983041 0+525000 1+525000"},
        GivenCase{"Small", {"--window", "10", "get:/"}, {ok_with(1, 7)}, "0+983041 1+7"},
        GivenCase{"SmallAndLittleUsed", {"--window", "10", "get:/"}, {ok_with(1, 4)}, "0+983041"},
        GivenCase{"One", {"--window", "1", "get:/ get:/"}, {ok_with(1, 1), ok_with(3, 1)}, "0+983041 1+1 3+1"},
        GivenCase{"Zero", {"--window", "0", "get:/"}, {ok_with(1, 0)}, "0+983041"},
        GivenCase{"LargerThanThatOfTheConnection", {"--window", "2m", "get:/"}, {ok_with(1, 0)}, "0+2031617"},
        GivenCase{"NoUpdates", {"--no-window-updates", "get:/"}, {ok_with(1, 60000)}, ""},
        GivenCase{"NoUpdatesOfASmallWindow", {"--window", "10", "--no-window-updates", "get:/"}, {ok_with(1, 10)}, ""},
        GivenCase{"NoUpdatesForPadding",
                  {"--no-window-updates", "get:/"},
                  {headers(1, {{":status", "200"}}, flag::end_headers) + padded(1) + padded(1) + padded(1) +
                   data(1, "", flag::end_stream)},
                  ""},
        GivenCase{"NoUpdatesForAStreamThatWasReset",
                  {"--no-window-updates", "get:/:r h2f:RST_STREAM"},
                  {headers(1, {{":status", "200"}}, flag::end_headers) + padded(1) + padded(1) + padded(1)},
                  ""},
        GivenCase{"NoUpdatesButThoseOfTheSpec",
                  {"--no-window-updates", "h2f:WINDOW_UPDATE:0:INCREMENT=7 get:/"},
                  {ok_with(1, 10)},
                  "0+7"},
        // A window that a spec closed stays closed, and what a spec opened is not opened again.
        GivenCase{"ClosedByTheSpec",
                  {"h2f:SETTINGS:INITIAL_WINDOW_SIZE=0 get:/:r h2f:WINDOW_UPDATE:this:INCREMENT=9"},
                  {ok_with(1, 9)},
                  "0+983041 1+9"},
        GivenCase{"ZeroThenOneBySpec",
                  {"h2f:SETTINGS:INITIAL_WINDOW_SIZE=0 h2f:SETTINGS:INITIAL_WINDOW_SIZE=1 get:/"},
                  {ok_with(1, 1)},
                  "0+983041 1+1"},
        GivenCase{
            "SettingsOnAStreamAreNone", {"h2f:SETTINGS:1:INITIAL_WINDOW_SIZE=1 get:/"}, {ok_with(1, 1)}, "0+983041"},
        GivenCase{"OpenedBySpec",
                  {"--window", "10", "get:/:r h2f:WINDOW_UPDATE:this:INCREMENT=100"},
                  {ok_with(1, 100)},
                  "0+983041 1+100"},
        GivenCase{"WithoutPreface",
                  {"--http2-skip-connection-preface", "h2p h2f:SETTINGS get:/"},
                  {ok_with(1, 40000)},
                  "0+33000 1+33000"}),
    row_name);

struct RefusedWindow {
    std::string_view name;
    std::vector<std::string> arguments;
    std::string error;
};
void PrintTo(RefusedWindow const& row, std::ostream* out) { *out << row.name; }
class PathocWindowOption : public testing::TestWithParam<RefusedWindow> {};

TEST_P(PathocWindowOption, IsRefused) {
    auto arguments = GetParam().arguments;
    arguments.insert(arguments.end(), {"127.0.0.1", "get:/"});
    auto const outcome = invoke(arguments);
    EXPECT_EQ(outcome.status, 2);
    EXPECT_NE(outcome.err.find(GetParam().error), std::string::npos) << outcome.err;
}

INSTANTIATE_TEST_SUITE_P(
    Options, PathocWindowOption,
    testing::Values(RefusedWindow{"OverHttp1", {"--window", "1"}, "require --http2"},
                    RefusedWindow{"NoUpdatesOverHttp1", {"--no-window-updates"}, "require --http2"},
                    RefusedWindow{
                        "TooLarge", {"--http2-prior-knowledge", "--window", "2g"}, "at most 2147483647 bytes"},
                    RefusedWindow{"WithoutSettings",
                                  {"--http2-prior-knowledge", "--http2-skip-connection-preface", "--window", "1"},
                                  "write h2f:SETTINGS:INITIAL_WINDOW_SIZE=N in the spec"}),
    row_name);

}  // namespace
}  // namespace pathology::pathoc::test
