#include "log_printer.hpp"

#include <pathology/proxycore/http/escaped.hpp>

namespace pathology::pathod {

namespace http = proxycore::http;

void LogPrinter::write(std::initializer_list<std::string_view> parts) {
    block_.clear();
    if (timestamps_) block_.append(timestamp_.at(clock_.now())).append(": ");
    // Parts quote requests and specs of clients.
    for (auto const part : parts) http::append_terminal_text(block_, part, http::WhiteSpace::lines);
    write_block();
}

void LogPrinter::write_line(std::string_view line) {
    block_.assign(line).append("\n");
    write_block();
}

void LogPrinter::print_notice(std::string_view text) const {
    if (outputs_.console != nullptr) outputs_.console->err(text);
}

void LogPrinter::write_block() const {
    if (outputs_.console != nullptr) outputs_.console->out(block_);
    if (outputs_.file != nullptr) outputs_.file->out(block_);
}

}  // namespace pathology::pathod
