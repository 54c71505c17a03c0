// What a daemon prints: blocks of lines, one for each request, to standard output and to a file.
#pragma once

#include <initializer_list>
#include <memory>
#include <pathology/proxycore/console/console.hpp>
#include <pathology/proxycore/console/timestamp.hpp>
#include <string>
#include <string_view>

namespace pathology::pathod {

/// Where blocks go; each may be missing.
struct Sinks {
    proxycore::console::Console* console = nullptr;
    proxycore::console::Console* file = nullptr;
};

/// Writes the blocks of one worker.
class Journal {
public:
    Journal(Sinks sinks, bool timestamps) : sinks_(sinks), timestamps_(timestamps) {}

    /// Whether anybody reads it; when not, there is no need to make a block.
    bool is_read() const { return sinks_.console != nullptr || sinks_.file != nullptr; }

    /// Writes one block: the time, then the parts, which hold their own line ends.
    void write(std::initializer_list<std::string_view> parts);
    /// Writes one line as it is.
    void write_line(std::string_view line);
    /// Says something to the person at the terminal that is no result.
    void talk(std::string_view text) const;

private:
    void hand_out() const;

    Sinks sinks_;
    bool timestamps_;
    proxycore::console::Timestamp clock_;
    std::string block_;
};

}  // namespace pathology::pathod
