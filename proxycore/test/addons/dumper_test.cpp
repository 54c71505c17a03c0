// The exact text of every line, at each level of detail, on flows made by hand (P69).
#include <gmock/gmock.h>

#include <pathology/proxycore/addons/dumper.hpp>

#include "addons/chain_fixture.hpp"

namespace pathology::proxycore::addons {
namespace {

using test::ChainFixture;
using test::play;
using test::run;
using testing::HasSubstr;
using testing::StartsWith;

/// A running dumper, and what it wrote.
struct Dump : ChainFixture {
    explicit Dump(std::vector<Setting> const& settings = {}, bool is_terminal = false, std::size_t columns = 80) {
        auto const write = [this](std::string_view block) { text += block; };
        chain.add(std::make_shared<Dumper>(DumpSink{write, is_terminal, [columns] { return columns; }}));
        options.apply(settings);
        play([&]() -> asio::awaitable<void> { co_await chain.start(); });
    }
    explicit Dump(int detail, bool is_terminal = false, std::size_t columns = 80)
        : Dump({{"flow_detail", std::to_string(detail)}}, is_terminal, columns) {}

    template <class... Arguments>
    std::string shows(HookPoint<Arguments...> const& point, std::type_identity_t<Arguments>... arguments) {
        text.clear();
        run(chain, point, arguments...);
        return std::exchange(text, {});
    }

    std::string text{};
};

std::shared_ptr<flow::Client> client(Endpoint const& address = {"127.0.0.1", 57770}) {
    return std::make_shared<flow::Client>(flow::Client::make_dummy(address));
}

std::shared_ptr<flow::Server> server(Endpoint const& address) {
    return std::make_shared<flow::Server>(flow::Server::make_dummy(address));
}

/// GET of /hello, answered with a hundred bytes.
flow::HttpFlow responded() {
    flow::HttpFlow flow(client(), server({"127.0.0.1", 19080}), flow::Time{});
    flow.request = *flow::Request::make("GET", "http://127.0.0.1:19080/hello");
    flow.request.headers = {{"Host", "127.0.0.1:19080"}};
    flow.response = flow::Response::make(200, std::string(100, 'x'));
    flow.response->headers = {{"Content-Type", "text/plain"}};
    return flow;
}

flow::HttpFlow with_body(std::string body) {
    auto flow = responded();
    flow.response->raw_content = std::move(body);
    return flow;
}

constexpr std::string_view two_lines =
    "127.0.0.1:57770: GET http://127.0.0.1:19080/hello\n"
    "              << 200 OK 100b\n";

TEST(Dumper, P69_a_ShowsNothingAtLevel0) {
    auto flow = responded();
    EXPECT_EQ(Dump(0).shows(hooks::response, flow), "");
}

TEST(Dumper, P69_a_ShowsTwoLinesAtLevel1) {
    auto flow = responded();
    EXPECT_EQ(Dump(1).shows(hooks::response, flow), two_lines);
}

TEST(Dumper, P69_a_ShowsFieldsAtLevel2) {
    auto flow = responded();
    EXPECT_EQ(Dump(2).shows(hooks::response, flow),
              "127.0.0.1:57770: GET http://127.0.0.1:19080/hello\n"
              "    Host: 127.0.0.1:19080\n"
              " << 200 OK 100b\n"
              "    Content-Type: text/plain\n");
}

TEST(Dumper, P69_a_ShowsTheBeginningOfBodiesAtLevel3) {
    auto flow = with_body("one\ntwo\r\nthree\n");
    auto const shown = Dump({{"flow_detail", "3"}, {"content_view_lines_cutoff", "2"}}).shows(hooks::response, flow);
    EXPECT_EQ(shown,
              "127.0.0.1:57770: GET http://127.0.0.1:19080/hello\n"
              "    Host: 127.0.0.1:19080\n"
              "\n"
              " << 200 OK 15b\n"
              "    Content-Type: text/plain\n"
              "\n"
              "    one\n"
              "    two\n"
              "    (cut off)\n"
              "\n");
}

TEST(Dumper, P69_a_ShowsWholeBodiesAtLevel4) {
    auto flow = with_body("one\ntwo\r\nthree\n");
    auto const shown = Dump({{"flow_detail", "4"}, {"content_view_lines_cutoff", "2"}}).shows(hooks::response, flow);
    EXPECT_THAT(shown, HasSubstr("\n    one\n    two\n    three\n\n"));
    EXPECT_THAT(shown, Not(HasSubstr("cut off")));
}

/// The loop of the proxy does the work, so it is bounded by what is printed and not by what a peer sends.
TEST(Dumper, P69_a_ShowsTheFirstMebibyteOfALargeBody) {
    std::string const large(8 << 20, 'x');
    for (std::string const coding : {"", "gzip"}) {
        for (int const detail : {3, 4}) {
            auto flow = with_body(large);
            EXPECT_TRUE(coding.empty() || flow.response->encode(coding));
            auto const shown = Dump(detail).shows(hooks::response, flow);
            EXPECT_THAT(shown, HasSubstr("\n    (cut off)\n"));
            EXPECT_EQ(std::count(shown.begin(), shown.end(), 'x'), 1 + (1 << 20)) << coding << detail;
        }
    }
}

TEST(Dumper, P69_a_ShowsExactlyTheLinesAllowedWithoutCuttingOff) {
    auto flow = with_body("one\ntwo\n");
    auto const shown = Dump({{"flow_detail", "3"}, {"content_view_lines_cutoff", "2"}}).shows(hooks::response, flow);
    EXPECT_THAT(shown, HasSubstr("\n    one\n    two\n\n"));
}

TEST(Dumper, P69_ShowsAReplayedRequestWithoutItsClient) {
    auto flow = responded();
    flow.is_replay = flow::Replay::request;
    EXPECT_THAT(Dump(1).shows(hooks::response, flow), StartsWith("[replay]: GET http://"));
}

TEST(Dumper, P69_ShowsAReplayedResponseInItsPlace) {
    auto flow = with_body(std::string(96, 'x'));
    flow.is_replay = flow::Replay::response;
    EXPECT_THAT(Dump(1).shows(hooks::response, flow), HasSubstr("\n[replay]      << 200 OK 96b\n"));
}

TEST(Dumper, P69_ShowsAnErrorBelowWhatArrived) {
    auto flow = responded();
    flow.error = flow::Error{"Client disconnected.\x1b[31m"};
    EXPECT_EQ(Dump(1).shows(hooks::error, flow), std::string(two_lines) + " << Client disconnected.\\x1b[31m\n");
    flow.response.reset();
    EXPECT_EQ(Dump(1).shows(hooks::error, flow),
              "127.0.0.1:57770: GET http://127.0.0.1:19080/hello\n << Client disconnected.\\x1b[31m\n");
}

TEST(Dumper, P69_ShowsAConnectThatFailed) {
    auto flow = responded();
    flow.request = *flow::Request::from_head({"CONNECT", "origin.test:443", {1, 1}, {}});
    flow.response = flow::Response::make(502, "no");
    EXPECT_EQ(Dump(1).shows(hooks::http_connect_error, flow),
              "127.0.0.1:57770: CONNECT origin.test:443\n              << 502 Bad Gateway 2b\n");
}

TEST(Dumper, P69_b_LetsNoEscapeSequenceOut) {
    auto flow = with_body("\x1b[2J\x9b");
    flow.request.path = "/\x1b]0;owned\x07";
    flow.request.headers.add("X\x1b", "a\x1b[31m\xff\n");
    flow.response->reason = "O\x1bK";
    auto const shown = Dump(4).shows(hooks::response, flow);
    EXPECT_THAT(shown, Not(HasSubstr("\x1b")));
    EXPECT_THAT(shown, HasSubstr("/\\x1b]0;owned\\x07\n"));
    EXPECT_THAT(shown, HasSubstr("    X\\x1b: a\\x1b[31m\\xff\\n\n"));
    EXPECT_THAT(shown, HasSubstr(" 200 O\\x1bK 5b\n"));
}

TEST(Dumper, B8_MasksCredentialsOfTheProxy) {
    auto flow = responded();
    flow.request.headers = {{"Authorization", "Basic dTpw"}, {"Proxy-Authorization", "Basic eDp5"}};
    EXPECT_THAT(Dump(2).shows(hooks::response, flow),
                HasSubstr("    Authorization: Basic dTpw\n    Proxy-Authorization: Basic eDp5\n"));
    flow.request.secret_field = "authorization";
    EXPECT_THAT(Dump(2).shows(hooks::response, flow),
                HasSubstr("    Authorization: Basic ***\n    Proxy-Authorization: Basic eDp5\n"));
    EXPECT_EQ(flow.request.headers.first("Authorization"), "Basic dTpw");
}

TEST(Dumper, B1_ShowsWhatTheClientSent) {
    auto flow = responded();
    flow.response.reset();
    flow.error = flow::Error{"no"};
    flow.request = flow::Request::of_refused({}, std::string("\0\1 x", 4));
    EXPECT_EQ(Dump(1).shows(hooks::error, flow), "127.0.0.1:57770: \\x00\\x01 x\n << no\n");
    flow.request = flow::Request::of_refused({"GET", "/p/201", {}, {}}, "");
    EXPECT_EQ(Dump(1).shows(hooks::error, flow), "127.0.0.1:57770: GET /p/201\n << no\n");
}

TEST(Dumper, P69_b_LetsNoControlCharacterOfC1Out) {
    auto flow = with_body(
        "gr\xc3\xbc\xc3\x9f \xc2\x9b"
        "31m");
    EXPECT_THAT(Dump(4).shows(hooks::response, flow), HasSubstr("\n    gr\xc3\xbc\xc3\x9f \\u009b31m\n"));
}

struct PaddingCase {
    std::string_view name;
    Endpoint address;
    std::string_view second_line;
};
class P69_c_Padding : public testing::TestWithParam<PaddingCase> {};

TEST_P(P69_c_Padding, PutsTheCodeBelowTheMethod) {
    auto flow = responded();
    flow.client_conn = client(GetParam().address);
    EXPECT_THAT(Dump(1).shows(hooks::response, flow), HasSubstr("\n" + std::string(GetParam().second_line) + "\n"));
}

INSTANTIATE_TEST_SUITE_P(Dumper, P69_c_Padding,
                         testing::Values(PaddingCase{"Of15", {"127.0.0.1", 57770}, "              << 200 OK 100b"},
                                         PaddingCase{
                                             "Of21", {"192.168.100.200", 57770}, "                    << 200 OK 100b"},
                                         PaddingCase{"OfIpv6", {"::1", 9}, "      << 200 OK 100b"}),
                         [](auto const& row) { return std::string(row.param.name); });

struct VersionCase {
    std::string_view name;
    http::Version request, response;
    std::string_view shown;
};
class P69_Version : public testing::TestWithParam<VersionCase> {};

TEST_P(P69_Version, IsShownUnlessBothSpeakTheSameHttp1) {
    auto flow = responded();
    flow.request.http_version = GetParam().request;
    flow.response->http_version = GetParam().response;
    flow.response->reason = GetParam().response.major == 1 ? "OK" : "";
    EXPECT_EQ(Dump(1).shows(hooks::response, flow),
              "127.0.0.1:57770: GET http://127.0.0.1:19080/hello" + std::string(GetParam().shown));
}

INSTANTIATE_TEST_SUITE_P(
    Dumper, P69_Version,
    testing::Values(VersionCase{"Old", {1, 0}, {1, 0}, "\n              << 200 OK 100b\n"},
                    VersionCase{"Mixed", {1, 0}, {1, 1}, " HTTP/1.0\n     << HTTP/1.1 200 OK 100b\n"},
                    VersionCase{"Http2", {2, 0}, {2, 0}, " HTTP/2.0\n     << HTTP/2.0 200 OK 100b\n"},
                    VersionCase{"Http2ToHttp1", {2, 0}, {1, 1}, " HTTP/2.0\n     << HTTP/1.1 200 OK 100b\n"}),
    [](auto const& row) { return std::string(row.param.name); });

struct SizeCase {
    std::size_t bytes;
    std::string_view shown;
};
class P69_d_Size : public testing::TestWithParam<SizeCase> {};

TEST_P(P69_d_Size, HasAtMostFiveCharacters) {
    auto flow = with_body(std::string(GetParam().bytes, 'x'));
    EXPECT_THAT(Dump(1).shows(hooks::response, flow), HasSubstr(" 200 OK " + std::string(GetParam().shown) + "\n"));
}

INSTANTIATE_TEST_SUITE_P(Dumper, P69_d_Size,
                         testing::Values(SizeCase{0, "0b"}, SizeCase{1023, "1023b"}, SizeCase{1024, "1.0k"},
                                         SizeCase{1536, "1.5k"}, SizeCase{102348, "99.9k"}, SizeCase{102349, "100k"},
                                         SizeCase{102400, "100k"}, SizeCase{1048575, "1024k"},
                                         SizeCase{1048576, "1.0m"}),
                         [](auto const& row) { return "Of" + std::to_string(row.param.bytes); });

TEST(Dumper, P69_ReportsThatContentIsMissing) {
    auto flow = responded();
    flow.response->remove_content();
    EXPECT_THAT(Dump(1).shows(hooks::response, flow), HasSubstr(" << 200 OK (content missing)\n"));
    EXPECT_THAT(Dump(3).shows(hooks::response, flow), HasSubstr("\n\n    (content missing)\n\n"));
}

TEST(Dumper, P69_DecodesContent) {
    auto flow = responded();
    flow.response->headers.set("Content-Encoding", "gzip");
    flow.response->set_content("hello");
    EXPECT_THAT(Dump(3).shows(hooks::response, flow), HasSubstr("\n\n    hello\n\n"));
}

TEST(Dumper, P69_ShowsBinaryContentAsHex) {
    auto flow = with_body(std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xfe", 18));
    EXPECT_THAT(Dump(3).shows(hooks::response, flow),
                HasSubstr("\n    0000000000 89 50 4e 47 0d 0a 1a 0a 00 00 00 0d 49 48 44 52 .PNG........IHDR\n"
                          "    0000000010 ff fe                                           ..\n\n"));
}

TEST(Dumper, P69_ShowsTrailers) {
    auto flow = responded();
    flow.response->trailers = http::Fields{{"X-Sum", "1"}};
    EXPECT_THAT(Dump(2).shows(hooks::response, flow),
                HasSubstr("    Content-Type: text/plain\n    --- HTTP Trailers\n    X-Sum: 1\n"));
}

TEST(Dumper, P69_ShowsTheHostThatTheClientNames) {
    auto flow = responded();
    flow.request.headers.set("Host", "pretty.test");
    EXPECT_THAT(Dump({{"showhost", std::nullopt}}).shows(hooks::response, flow),
                HasSubstr(": GET http://pretty.test/hello\n"));
}

TEST(Dumper, P69_CutsUrlsOnATerminalAlone) {
    auto flow = responded();
    flow.request.path = "/" + std::string(30, 'a') + "\xc3\xbc" + std::string(200, 'b');
    EXPECT_THAT(Dump(1).shows(hooks::response, flow), HasSubstr("bb\n"));
    EXPECT_THAT(Dump(1, true, 80).shows(hooks::response, flow),
                HasSubstr("http://127.0.0.1:19080/" + std::string(30, 'a') + "\xc3\xbc…\x1b"));
    EXPECT_THAT(Dump(1, true, 79).shows(hooks::response, flow), HasSubstr("/" + std::string(30, 'a') + "…\x1b"));
    EXPECT_THAT(Dump(2, true, 80).shows(hooks::response, flow), Not(HasSubstr("…")));
}

TEST(Dumper, P69_IsColouredOnATerminal) {
    auto flow = responded();
    EXPECT_EQ(Dump(1, true).shows(hooks::response, flow),
              "127.0.0.1:57770: \x1b[1;32mGET\x1b[0m \x1b[1mhttp://127.0.0.1:19080/hello\x1b[0m\n"
              "             \x1b[1m <<\x1b[0m \x1b[1;32m200\x1b[0m \x1b[1;32mOK\x1b[0m \x1b[1m100b\x1b[0m\n");
}

struct ColourCase {
    unsigned status;
    std::string_view sequence;
};
class P69_Colour : public testing::TestWithParam<ColourCase> {};

TEST_P(P69_Colour, ReportsTheKindOfResponse) {
    auto flow = responded();
    flow.response = flow::Response::make(GetParam().status);
    auto const code = "\x1b[" + std::string(GetParam().sequence) + "m" + std::to_string(GetParam().status) + "\x1b[0m";
    EXPECT_THAT(Dump(1, true).shows(hooks::response, flow), HasSubstr(code));
}

INSTANTIATE_TEST_SUITE_P(Dumper, P69_Colour,
                         testing::Values(ColourCase{204, "1;32"}, ColourCase{304, "1;35"}, ColourCase{404, "1;31"},
                                         ColourCase{502, "1;31"}, ColourCase{418, "1;5;31"}, ColourCase{700, "1"}),
                         [](auto const& row) { return "Of" + std::to_string(row.param.status); });

TEST(Dumper, P69_ColoursMethods) {
    auto flow = responded();
    flow.request.raw_method = "delete";
    EXPECT_THAT(Dump(1, true).shows(hooks::response, flow), HasSubstr("\x1b[1;31mdelete\x1b[0m"));
    flow.request.raw_method = "POST";
    EXPECT_THAT(Dump(1, true).shows(hooks::response, flow), HasSubstr("\x1b[1;35mPOST\x1b[0m"));
}

// --- WebSocket and TCP -----------------------------------------------------------------------------------------------

flow::HttpFlow websocket() {
    flow::HttpFlow flow(client({"127.0.0.1", 40000}), server({"ws.test", 80}), flow::Time{});
    flow.request = *flow::Request::make("GET", "http://ws.test/chat");
    flow.websocket = flow::WebSocketData{};
    return flow;
}

TEST(Dumper, P69_ShowsWebSocketMessages) {
    auto flow = websocket();
    flow.websocket->messages.push_back({.from_client = true, .content = "hi"});
    EXPECT_EQ(Dump(1).shows(hooks::websocket_message, flow),
              "127.0.0.1:40000 -> WebSocket text message -> ws.test:80/chat\n");
    flow.websocket->messages.push_back(
        {.type = websocket::Opcode::binary, .from_client = false, .content = std::string("\0\1\2", 3)});
    EXPECT_EQ(Dump(3).shows(hooks::websocket_message, flow),
              "127.0.0.1:40000 <- WebSocket binary message <- ws.test:80/chat\n"
              "\n"
              "    0000000000 00 01 02                                        ...\n"
              "\n");
}

struct CloseCase {
    std::string_view name;
    std::optional<std::uint16_t> code;
    bool by_client;
    std::string_view reason, shown;
};
class P69_Close : public testing::TestWithParam<CloseCase> {};

TEST_P(P69_Close, IsReportedInALine) {
    auto flow = websocket();
    flow.websocket->close_code = GetParam().code;
    flow.websocket->closed_by_client = GetParam().by_client;
    flow.websocket->close_reason = std::string(GetParam().reason);
    EXPECT_EQ(Dump(1).shows(hooks::websocket_end, flow), std::string(GetParam().shown) + "\n");
}

INSTANTIATE_TEST_SUITE_P(
    Dumper, P69_Close,
    testing::Values(
        CloseCase{"Normal", 1000, true, "bye", "WebSocket connection closed by client: 1000 bye"},
        CloseCase{"GoingAway", 1001, false, "", "WebSocket connection closed by server: 1001"},
        CloseCase{"WithoutCode", 1005, false, "", "WebSocket connection closed by server: 1005"},
        CloseCase{"Abrupt", 1006, false, "",
                  "Error in WebSocket connection to ws.test:80: WebSocket Error: ABNORMAL_CLOSURE"},
        CloseCase{"NeverSent", std::nullopt, false, "",
                  "Error in WebSocket connection to ws.test:80: WebSocket Error: ABNORMAL_CLOSURE"},
        CloseCase{
            "WithReason", 1009, true, "too \x1b big",
            "Error in WebSocket connection to ws.test:80: WebSocket Error: MESSAGE_TOO_BIG (reason: too \\x1b big)"},
        CloseCase{"Private", 4001, true, "",
                  "Error in WebSocket connection to ws.test:80: WebSocket Error: UNKNOWN_ERROR=4001"}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(Dumper, P69_ShowsTcpMessagesAndErrors) {
    flow::TcpFlow flow(client({"127.0.0.1", 40000}), server({"origin.test", 7000}), flow::Time{});
    flow.messages.push_back({.from_client = true, .content = "hi"});
    EXPECT_EQ(Dump(1).shows(hooks::tcp_message, flow), "127.0.0.1:40000 -> tcp -> origin.test:7000\n");
    flow.messages.push_back({.from_client = false, .content = "ho\n"});
    EXPECT_EQ(Dump(3).shows(hooks::tcp_message, flow), "127.0.0.1:40000 <- tcp <- origin.test:7000\n\n    ho\n\n");
    flow.error = flow::Error{"Connection reset by peer"};
    EXPECT_EQ(Dump(1).shows(hooks::tcp_error, flow),
              "Error in TCP connection to origin.test:7000: Connection reset by peer\n");
}

TEST(Dumper, RefusesOtherLevels) {
    Dump dump(1);
    EXPECT_THROW(dump.options.apply({{"flow_detail", "5"}}), OptionsError);
    EXPECT_THROW(dump.options.apply({{"content_view_lines_cutoff", "-1"}}), OptionsError);
    auto flow = responded();
    EXPECT_EQ(dump.shows(hooks::response, flow), two_lines);
}

}  // namespace
}  // namespace pathology::proxycore::addons
