// A browser before pathod, directly and through pathop: a page by HTTP/2 over TLS with all that belongs to it, whose
// script talks WebSocket and tells what it heard.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>

#include "pathop.hpp"
#include "support/folder.hpp"

namespace pathology::integration {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

/// Chromium with a home of its own, where it keeps what it trusts.
class Chromium {
public:
    /// Why it cannot be used, empty when it can. `authority` is a PEM file to trust; empty: none.
    std::string prepare(std::string const& authority = {}) const {
        if (!test::is_installed("chromium")) return "chromium is not installed";
        if (authority.empty()) return "";
        if (!test::is_installed("certutil")) return "certutil of libnss3-tools is not installed";
        auto const store = "sql:" + (home_.path() / ".pki/nssdb").string();
        std::filesystem::create_directories(home_.path() / ".pki/nssdb");
        auto const made = test::run("certutil", {"-d", store, "-N", "--empty-password"});
        auto const trusted = test::run("certutil", {"-d", store, "-A", "-t", "C,,", "-n", "test", "-i", authority});
        return made.status == 0 && trusted.status == 0 ? "" : "certutil: " + made.err + trusted.err;
    }

    /// Its DOM of a page once that is loaded; nothing when it does not start here.
    std::optional<std::string> dom(std::string const& arguments) const {
        auto const ended = test::run("sh", {"-c", command("dom", "--dump-dom " + arguments)});
        return ended.status == 0 ? std::optional(home_.read("dom")) : std::nullopt;
    }

    /// A shell's command for one that stays. Its many processes outlive it for a moment, and shall not keep our pipes
    /// open meanwhile.
    std::string command(std::string const& output, std::string const& arguments) const {
        return "cd '" + home_.path().string() +
               "' && HOME=\"$PWD\" XDG_DATA_HOME= XDG_CONFIG_HOME= exec chromium --headless "
               "--no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run "
               "--disable-background-networking --disable-component-update --disable-sync "
               "--user-data-dir=\"$PWD/profile\" " +
               arguments + " >" + output + " 2>/dev/null";
    }
    std::string stays(std::string const& arguments) const {
        return command("out", "--remote-debugging-port=0 " + arguments);
    }

private:
    test::Folder home_;
};

std::string through(Pathop const& pathop) {
    return " --proxy-server=" + pathop.url() + " --proxy-bypass-list='<-loopback>' ";
}

constexpr auto page = R"(/page=200:c'text/html':b'<body><script>
const socket = new WebSocket("wss://" + location.host + "/socket");
socket.onopen = () => socket.send("there-and-back");
socket.onmessage = (message) => fetch("/told?" + message.data);
</script>')";

TEST(Browser, LoadsAPageAndUsesWebSocket) {
    Chromium const chromium;
    if (auto const why = chromium.prepare(); !why.empty()) GTEST_SKIP() << why;
    if (!chromium.dom("about:blank")) GTEST_SKIP() << "chromium does not start here";
    SafePathod origin({"--ws-echo", "--http2-framedump", "-a", page, "-a", "/told=204"});
    auto& pathod = origin.pathod();
    auto const url = "https://localhost:" + origin.port() + "/page";
    test::Process const browser("sh", {"-c", chromium.stays("--ignore-certificate-errors " + url)});
    std::vector<std::string> received;
    auto const is_reported = [](std::string const& line) { return line == "crafting spec: 204"; };
    do received.push_back(pathod.process().read_line());
    while (!received.back().empty() && !is_reported(received.back()));
    EXPECT_EQ(received.back(), "crafting spec: 204");
    EXPECT_THAT(received, testing::Contains(HasSubstr("<- HEADERS stream 1 END_STREAM")));
    EXPECT_THAT(received, testing::Contains(testing::StartsWith("ws frame:text:fin")));
    EXPECT_EQ(pathod.stop().status, 0);
}

// --- through pathop --------------------------------------------------------------------------------------------------

/// A page whose script tells what became of its style, its picture, what it sent and what it heard.
std::vector<std::string> const shop = {
    R"(/shop=200:c'text/html':b'<title>shop</title><link rel=icon href=data:,><link rel=stylesheet href=/style.css>
<body><img id=picture src=/picture.svg><script src=/script.js></script>')",
    "/style.css=200:c'text/css':b'body { color: rgb(1, 2, 3) }'",
    "/picture.svg=200:c'image/svg+xml':b'<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"12\" height=\"34\"/>'",
    "/order=201:b'ordered'",
    "/told=204",
    R"(/script.js=200:c'text/javascript':b'onload = async () => {
    const color = getComputedStyle(document.body).color;
    const picture = document.getElementById("picture").naturalHeight;
    const order = await fetch("/order", {method: "POST", body: "x".repeat(9000)});
    const socket = new WebSocket("wss://" + location.host + "/socket");
    await new Promise((done) => socket.onopen = done);
    socket.send("there-and-back");
    const message = await new Promise((done) => socket.onmessage = done);
    socket.close(4001, "done");
    await new Promise((done) => socket.onclose = done);
    fetch("/told?" + [color, picture, order.status, await order.text(), message.data].join("|").replaceAll(" ", ""));
};')"};

/// By path, what passed until there was something for each of these paths; the query of the last stands for the whole.
std::map<std::string, json> flows_of(Pathop& pathop, std::set<std::string> paths) {
    std::map<std::string, json> flows;
    while (!paths.empty()) {
        auto flow = pathop.flow();
        if (!flow.is_object()) break;
        auto const target = flow["request"]["path"].get<std::string>();
        auto const path = target.substr(0, target.find('?'));
        paths.erase(path);
        flows[path] = std::move(flow);
    }
    return flows;
}

std::vector<std::string> anchored(std::vector<std::string> arguments, std::vector<std::string> const& anchors) {
    for (auto const& anchor : anchors) arguments.insert(arguments.end(), {"-a", anchor});
    return arguments;
}

TEST(Browser, P04_b_TrustsTheProxyWithAllOfAPage) {
    Chromium const chromium, stranger;
    if (auto const why = chromium.prepare(); !why.empty()) GTEST_SKIP() << why;
    SafePathod const origin(anchored({"--ws-echo"}, shop));
    Pathop pathop({"--json", "--upstream-trusted-ca", origin.authority()});
    auto const url = "https://localhost:" + origin.port() + "/shop";

    auto const distrusted = stranger.dom(through(pathop) + url);
    if (!distrusted) GTEST_SKIP() << "chromium does not start here";
    EXPECT_THAT(*distrusted, Not(HasSubstr("shop</title>")));
    EXPECT_TRUE(pathop.process().read_until("it does not trust our certificate for localhost"));

    if (auto const why = chromium.prepare(Pathop::authority()); !why.empty()) GTEST_SKIP() << why;
    test::Process const browser("sh", {"-c", chromium.stays(through(pathop) + url)});
    std::set<std::string> const pages = {"/shop", "/style.css", "/picture.svg", "/script.js", "/order"};
    auto awaited = pages;
    awaited.insert({"/socket", "/told"});
    auto flows = flows_of(pathop, awaited);
    for (auto const& path : awaited) EXPECT_EQ(flows[path]["sni"], "localhost") << path << ": " << flows[path];
    EXPECT_EQ(flows["/told"]["request"]["path"], "/told?rgb(1,2,3)|34|201|ordered|there-and-back");
    for (auto const& path : pages) {
        EXPECT_EQ(flows[path]["protocol"], "http2") << path;
        EXPECT_EQ(flows[path]["alpn"], "h2") << path;
        EXPECT_EQ(flows[path]["relay"]["url"], "https://localhost:" + origin.port() + path);
        EXPECT_EQ(flows[path]["relay"]["alpn"], "h2") << path;
    }
    EXPECT_EQ(flows["/order"]["request"]["body_size"], 9'000);
    auto& relay = flows["/socket"]["relay"];
    EXPECT_EQ(relay["message_count"], 2);
    EXPECT_EQ(relay["messages"][1]["content"], "there-and-back");
    EXPECT_EQ(relay["close"], json({{"by_client", true}, {"code", 4001}, {"reason", "done"}}));
}

}  // namespace
}  // namespace pathology::integration
