// The transcripts of a page, run as printed in a shell; only the ports and the home folder are other ones.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/folder.hpp"
#include "support/process.hpp"

namespace pathology::integration {

/// A page is a sequence of console blocks, of commands behind `$ ` and their output, and of files: blocks with a name, such
/// as ```yaml config/proxies.yaml. Commands that end in ` &` start pathop or pathod on a port of four digits.
class ConsolePage {
public:
    /// Variables of the shell, as in `NAME=value`, may have ports of the page, too.
    explicit ConsolePage(std::string page, std::vector<std::string> variables = {});

    struct Outcome {
        std::size_t commands = 0;   ///< that were compared
        std::string differences{};  ///< of what was printed from the page
    };
    Outcome run();

private:
    struct Step {
        std::string command, output;
        std::size_t line;
    };
    std::vector<Step> steps() const;
    void start(std::string command);
    void compare(Step const& step, Outcome& outcome);
    void write_files();
    std::string shell_command(std::string const& command) const;
    std::string with_ports(std::string text) const;

    std::string page_;
    std::vector<std::string> variables_;
    test::Folder folder_;
    std::vector<std::pair<std::string, std::string>> ports_{};  ///< printed, and that of this run
    std::vector<std::unique_ptr<test::Process>> processes_{};
};

}  // namespace pathology::integration
