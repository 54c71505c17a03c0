#include "program/output.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <pathology/proxycore/addons/dumper.hpp>
#include <pathology/proxycore/addons/flow_recorder.hpp>
#include <pathology/proxycore/addons/term_log.hpp>
#include <pathology/proxycore/multiupstream/statistics.hpp>
#include <pathology/proxycore/record/json.hpp>

namespace pathology::pathop {
namespace {

using proxycore::addons::DumpSink;
using proxycore::console::Console;
using proxycore::proxy::Proxy;
namespace addons = proxycore::addons;

std::size_t columns() {
    winsize size{};
    return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

DumpSink out_sink(Console& console) {
    auto const write = [&console](std::string_view block) { console.out(block); };
    // Without a terminal there are no colours and no limit of columns.
    if (!console.out_is_terminal()) return {write};
    return {write, true, columns};
}

DumpSink err_sink(Console& console) {
    return {[&console](std::string_view block) { console.err(block); }, console.err_is_terminal()};
}

/// Prints the counters of upstream proxies when the proxy ends, behind all flows.
class UpstreamRecorder final : public addons::Addon {
public:
    UpstreamRecorder(Proxy const& proxy, Console& console) : proxy_(proxy), console_(console) {}
    std::string name() const override { return "upstreamrecorder"; }

    addons::asio::awaitable<void> done() override {
        for (auto const& folder : proxy_.upstream_statistics())
            for (auto const& line : to_json_lines(folder)) console_.out(line + "\n");
        co_return;
    }

private:
    Proxy const& proxy_;
    Console& console_;
};

}  // namespace

addons::asio::awaitable<void> Output::tick() {
    console_.flush();
    if (console_.out_is_lost() && !ends_)
        ends_ = ::kill(::getpid(), SIGTERM) == 0;  // the normal way to end, as by a user
    co_return;
}

addons::asio::awaitable<void> Output::done() {
    console_.flush();
    co_return;
}

void add_output(Proxy& proxy, bool json, Console& console) {
    auto& chain = proxy.addons();
    chain.add(std::make_shared<addons::TermLog>(err_sink(console), [] { return proxycore::flow::Time::clock::now(); }));
    if (json) {
        auto const write = [&console](proxycore::record::Exchange const& exchange) {
            console.out(to_json_line(exchange) + "\n");
        };
        chain.add(std::make_shared<addons::FlowRecorder>(write));
        chain.add(std::make_shared<UpstreamRecorder>(proxy, console));
    } else {
        chain.add(std::make_shared<addons::Dumper>(out_sink(console)));
    }
    // Last: it flushes what the others wrote in the same round.
    chain.add(std::make_shared<Output>(console));
}

}  // namespace pathology::pathop
