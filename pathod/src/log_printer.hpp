// Printing of the log: one block of lines per request, to standard output and to the log file.
#pragma once

#include <initializer_list>
#include <memory>
#include <pathology/proxycore/console/console.hpp>
#include <pathology/proxycore/console/timestamp.hpp>
#include <pathology/proxycore/record/clock.hpp>
#include <string>
#include <string_view>

namespace pathology::pathod {

/// Where blocks are printed; either may be nullptr.
struct LogOutputs {
    proxycore::console::Console* console = nullptr;
    proxycore::console::Console* file = nullptr;
};

/// Prints the blocks of one worker.
class LogPrinter {
public:
    /// `clock` must outlive it; `timestamps` puts the time in front of each block.
    LogPrinter(LogOutputs outputs, proxycore::record::Clock const& clock, bool timestamps)
        : outputs_(outputs), clock_(clock), timestamps_(timestamps) {}

    /// False if there is no output, so that blocks need not be composed.
    bool is_enabled() const { return outputs_.console != nullptr || outputs_.file != nullptr; }

    /// Prints a block: the time, then the parts, which contain their newlines. Whatever could control a terminal is
    /// escaped.
    void write(std::initializer_list<std::string_view> parts);
    /// Prints a line without the time, as it is; adds the newline.
    void write_line(std::string_view line);
    /// Prints to standard error.
    void print_notice(std::string_view text) const;

private:
    void write_block() const;

    LogOutputs outputs_;
    proxycore::record::Clock const& clock_;
    bool timestamps_;
    proxycore::console::Timestamp timestamp_;
    std::string block_;
};

}  // namespace pathology::pathod
