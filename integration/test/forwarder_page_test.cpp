// The transcripts of doc/forwarder.md, run as printed; only ports and the folders of programs are other ones.
#include <gmock/gmock.h>

#include <charconv>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "pathop.hpp"

namespace pathology::integration {
namespace {

struct Step {
    std::string command, output;
};

/// The commands of all console blocks, in order.
std::vector<Step> steps_of_page() {
    std::ifstream page(FORWARDER_PAGE);
    std::vector<Step> steps;
    bool is_inside = false;
    for (std::string line; std::getline(page, line);) {
        if (line.starts_with("```")) {
            is_inside = line == "```console";
        } else if (is_inside && line.starts_with("$ ")) {
            steps.push_back({line.substr(2), {}});
        } else if (is_inside && !steps.empty()) {
            steps.back().output += line + "\n";
        }
    }
    return steps;
}

std::string replaced(std::string text, std::string const& from, std::string const& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size())
        text.replace(at, from.size(), to);
    return text;
}

/// Programs in the background, and curl.
class Shell {
public:
    /// Starts the program on a free port, which replaces that of the page from now on.
    void start(std::string command) {
        auto const at = command.find("-p ") + 3;
        auto const port = command.substr(at, 4);
        command.replace(at, 4, "0");
        command.erase(command.rfind(" &"));
        bool const is_pathop = command.find("pathop ") != command.npos;
        auto const options =
            is_pathop ? " -b 127.0.0.1 --confdir " + folder_.path().string() + " " : std::string(" --no-timestamp ");
        command = replaced(command, is_pathop ? "pathop " : "pathod ",
                           (is_pathop ? PATHOP_PROGRAM : PATHOD_PROGRAM) + options);
        if (command.find("--forwarder") != command.npos) command = "FASTAPI_BASE_URL=http://127.0.0.1:8000 " + command;
        auto& process = *processes_.emplace_back(started("exec env " + with_ports(command)));
        auto const greeting = is_pathop ? process.read_error_line() : process.read_line();
        ports_[port] = greeting.substr(greeting.rfind(':') + 1);
        if (ports_[port].ends_with('.')) ports_[port].pop_back();
    }

    std::string output_of(std::string const& command) {
        auto const ended = test::run("sh", {"-c", with_ports(command)}, folder_.path().string());
        EXPECT_EQ(ended.status, 0) << ended.err;
        return ended.out;
    }

    /// The text of the page with the ports of this run.
    std::string with_ports(std::string text) const {
        for (auto const& [printed, real] : ports_) text = replaced(std::move(text), ":" + printed, ":" + real);
        return text;
    }

private:
    std::unique_ptr<test::Process> started(std::string const& command) const {
        return std::make_unique<test::Process>("sh", std::vector<std::string>{"-c", command}, folder_.path().string());
    }

    test::Folder folder_;
    std::map<std::string, std::string> ports_;
    std::vector<std::unique_ptr<test::Process>> processes_;
};

/// A body of pathod ends without the line feed that a terminal shows before its prompt.
std::string with_line_end(std::string text) { return text.ends_with('\n') ? text : text + "\n"; }

TEST(ForwarderPage, P87_a_TranscriptsRunAsPrinted) {
    Shell shell;
    auto const steps = steps_of_page();
    std::size_t transfers = 0;
    for (auto const& [command, output] : steps) {
        if (command.ends_with(" &")) {
            shell.start(command);
            continue;
        }
        ++transfers;
        EXPECT_EQ(with_line_end(shell.output_of(command)), shell.with_ports(output)) << command;
    }
    EXPECT_EQ(transfers, 6U);
}

}  // namespace
}  // namespace pathology::integration
