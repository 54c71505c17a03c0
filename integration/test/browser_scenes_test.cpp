// A browser before pathod, directly and through pathop: a page by HTTP/2 over TLS whose script talks WebSocket and
// tells what it heard.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pathop.hpp"
#include "support/folder.hpp"

namespace pathology::integration {
namespace {

using testing::HasSubstr;

constexpr auto page = R"(/page=200:c'text/html':b'<body><script>
const socket = new WebSocket("wss://" + location.host + "/socket");
socket.onopen = () => socket.send("there-and-back");
socket.onmessage = (message) => fetch("/told?" + message.data);
</script>')";

/// A shell's command. The browser's many processes outlive it for a moment, and shall not keep our pipes open
/// meanwhile.
std::string chromium(test::Folder const& folder, std::string const& arguments) {
    return "exec chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage "
           "--ignore-certificate-errors "
           "--user-data-dir=" +
           (folder.path() / "profile").string() + " " + arguments + " >/dev/null 2>&1";
}

TEST(Chromium, LoadsAPageAndTalksWebSocket) {
    if (!test::is_installed("chromium")) GTEST_SKIP() << "chromium is not installed";
    test::Folder const folder;
    auto const trial = test::run("sh", {"-c", chromium(folder, "--dump-dom about:blank")});
    if (trial.status != 0) GTEST_SKIP() << "chromium does not start here: status " << trial.status;
    Pathod pathod({"-s", "--confdir", (folder.path() / "authority").string(), "--ws-echo", "--http2-framedump", "-a",
                   page, "-a", "/told=204"});
    auto const url = "https://localhost:" + pathod.port() + "/page";
    test::Process const browser("sh", {"-c", chromium(folder, "--remote-debugging-port=0 " + url)});
    std::vector<std::string> heard;
    auto const is_told = [](std::string const& line) { return line == "crafting spec: 204"; };
    do heard.push_back(pathod.process().read_line());
    while (!heard.back().empty() && !is_told(heard.back()));
    EXPECT_EQ(heard.back(), "crafting spec: 204");
    EXPECT_THAT(heard, testing::Contains(HasSubstr("<- HEADERS stream 1 END_STREAM")));
    EXPECT_THAT(heard, testing::Contains(testing::StartsWith("ws frame:text:fin")));
    EXPECT_EQ(pathod.stop().status, 0);
}

TEST(Chromium, IsSeenByAProxy) {
    if (!test::is_installed("chromium")) GTEST_SKIP() << "chromium is not installed";
    test::Folder const folder;
    auto const trial = test::run("sh", {"-c", chromium(folder, "--dump-dom about:blank")});
    if (trial.status != 0) GTEST_SKIP() << "chromium does not start here: status " << trial.status;
    Pathod const pathod(
        {"-s", "--confdir", (folder.path() / "authority").string(), "--ws-echo", "-a", page, "-a", "/told=204"});
    Pathop pathop({"-k"});
    auto const url = "https://localhost:" + pathod.port() + "/page";
    auto const through = " --proxy-server=" + pathop.url() + " --proxy-bypass-list='<-loopback>' ";
    test::Process const browser("sh", {"-c", chromium(folder, "--remote-debugging-port=0" + through + url)});
    std::vector<std::string> shown;
    auto const is_told = [](std::string const& line) { return line.find("/told?there-and-back") != line.npos; };
    do shown.push_back(pathop.process().read_line());
    while (!shown.back().empty() && !is_told(shown.back()));
    EXPECT_THAT(shown.back(), HasSubstr(": GET https://localhost:" + pathod.port() + "/told?there-and-back HTTP/2.0"));
    EXPECT_THAT(shown, testing::Contains(HasSubstr(" -> WebSocket text message -> localhost:")));
    EXPECT_THAT(shown, testing::Contains(HasSubstr(" <- WebSocket text message <- localhost:")));
}

}  // namespace
}  // namespace pathology::integration
