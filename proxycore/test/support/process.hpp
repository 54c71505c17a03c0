// Runs a program and collects what it says, for tests that look at a program from outside.
#pragma once

#include <sys/types.h>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::test {

/// What a program did until it ended.
struct Ended {
    int status = -1;  ///< its exit status; 128 + n when signal n ended it
    std::string out, err;
};

/// A running program. Waits end after thirty seconds, and then the program is killed.
class Process {
public:
    /// `program` is a path, or a name that is looked up as a shell would; it runs in `folder` unless that is empty.
    explicit Process(std::string program, std::vector<std::string> arguments = {}, std::string const& folder = {});
    ~Process();
    Process(Process const&) = delete;
    Process& operator=(Process const&) = delete;

    pid_t pid() const { return process_; }

    /// The next line of standard output, or of standard error, without its end; empty when there is none.
    std::string read_line() { return read_line_of(ended_.out); }
    std::string read_error_line() { return read_line_of(ended_.err); }
    /// Reads until the text was said on one of the two; false when it ended before.
    bool read_until(std::string_view text);
    /// The same, and drops what was printed up to the text, so that the next call finds the next one.
    bool read_past(std::string_view text);
    /// Closes our end of its standard output.
    void stop_reading();

    void signal(int number);
    /// Waits for its end; what was read as lines is not given again.
    Ended wait();

private:
    bool read_more();
    std::string read_line_of(std::string& stream);
    static void close(int& descriptor);

    pid_t process_ = -1;
    int out_ = -1, err_ = -1;
    Ended ended_;
};

/// Runs it to its end.
Ended run(std::string program, std::vector<std::string> arguments = {}, std::string const& folder = {});

/// Whether a program of this name can be run here.
bool is_installed(std::string const& program);

/// While one of these lives, a program that went to the background becomes a child of this process.
class BackgroundReaper {
public:
    BackgroundReaper();
    ~BackgroundReaper();
    BackgroundReaper(BackgroundReaper const&) = delete;
    BackgroundReaper& operator=(BackgroundReaper const&) = delete;

    /// Ends the one such program with SIGTERM and gives its exit status; -1 when there is not exactly one.
    int end();
};

}  // namespace pathology::test
