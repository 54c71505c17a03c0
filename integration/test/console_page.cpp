#include "console_page.hpp"

#include <sstream>

#include "support/page.hpp"
#include "support/replaced.hpp"

namespace pathology::integration {
namespace {

/// A body of pathod ends without the line feed that a terminal shows before its prompt.
std::string with_line_end(std::string const& text) { return text.ends_with('\n') ? text : text + "\n"; }

/// Makes `name` a command that runs the program.
void write_command(test::Folder const& folder, std::string const& name, std::string const& program) {
    auto const file = folder.write("bin/" + name, "#!/bin/sh\nexec " + program + " \"$@\"\n");
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
}

}  // namespace

ConsolePage::ConsolePage(std::string page, std::vector<std::string> variables)
    : page_(std::move(page)), variables_(std::move(variables)) {
    write_command(folder_, "pathod", PATHOD_PROGRAM);
    write_command(folder_, "pathop", PATHOP_PROGRAM " -b 127.0.0.1");
}

ConsolePage::Outcome ConsolePage::run() {
    Outcome outcome;
    for (auto const& step : steps()) {
        write_files();
        if (step.command.ends_with(" &"))
            start(step.command);
        else
            compare(step, outcome);
    }
    return outcome;
}

std::vector<ConsolePage::Step> ConsolePage::steps() const {
    std::vector<Step> steps;
    for (auto const& block : test::blocks_of(page_, "console")) {
        std::istringstream lines(block.text);
        auto number = block.line;
        for (std::string line; std::getline(lines, line);) {
            ++number;
            if (line.starts_with("$ "))
                steps.push_back({line.substr(2), {}, number});
            else
                steps.back().output += line + "\n";
        }
    }
    return steps;
}

/// Starts the program on a free port, which replaces that of the page from now on.
void ConsolePage::start(std::string command) {
    auto const at = command.find("-p ") + 3;
    auto const port = command.substr(at, 4);
    command.replace(at, 4, "0");
    command.erase(command.rfind(" &"));
    auto& process = *processes_.emplace_back(
        std::make_unique<test::Process>("sh", std::vector<std::string>{"-c", shell_command("exec env " + command)}));
    bool const is_pathop = command.find("pathop ") != command.npos;
    auto const greeting = is_pathop ? process.read_error_line() : process.read_line();
    auto chosen = greeting.substr(greeting.rfind(':') + 1);
    if (chosen.ends_with('.')) chosen.pop_back();
    ports_.emplace_back(port, chosen);
}

void ConsolePage::compare(Step const& step, Outcome& outcome) {
    ++outcome.commands;
    auto const ended = test::run("sh", {"-c", shell_command(step.command)});
    auto const expected = with_ports(step.output);
    if (ended.status == 0 && with_line_end(ended.out) == expected) return;
    outcome.differences += page_ + ":" + std::to_string(step.line) + ": " + step.command + "\nexpected:\n" + expected +
                           "printed, with status " + std::to_string(ended.status) + ":\n" + ended.out + ended.err +
                           "\n";
}

/// Files that did not change are not written again: pathop reads changed ones.
void ConsolePage::write_files() {
    for (auto const& block : test::blocks_of(page_)) {
        if (block.name.empty()) continue;
        auto const text = with_ports(block.text);
        if (folder_.read(block.name) != text) folder_.write(block.name, text);
    }
}

std::string ConsolePage::shell_command(std::string const& command) const {
    auto const home = folder_.path().string();
    auto text = "unset http_proxy https_proxy all_proxy no_proxy HTTPS_PROXY ALL_PROXY NO_PROXY; cd " + home +
                "; export HOME=" + home + " PATH=" + home + "/bin:\"$PATH\"";
    for (auto const& variable : variables_) text += " " + variable;
    return with_ports(text + "; " + command);
}

std::string ConsolePage::with_ports(std::string text) const {
    for (auto const& [printed, chosen] : ports_) text = test::replaced(std::move(text), ":" + printed, ":" + chosen);
    return text;
}

}  // namespace pathology::integration
