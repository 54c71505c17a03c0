// Runs the built program and collects what it says.
#pragma once

#include <sys/types.h>
#include <string>
#include <vector>

namespace pathology::pathod::test {

/// What a program did until it ended.
struct Ended {
    int status = -1;  ///< its exit status; 128 + n when signal n ended it
    std::string out, err;
};

/// A running pathod. Waits end after ten seconds, and then the program is killed.
class Program {
public:
    explicit Program(std::vector<std::string> arguments);
    ~Program();
    Program(Program const&) = delete;
    Program& operator=(Program const&) = delete;

    /// The next line of standard output, or of standard error, without its end; empty when there is none.
    std::string read_line() { return read_line_of(ended_.out); }
    std::string read_error_line() { return read_line_of(ended_.err); }
    /// Closes our end of its standard output.
    void stop_reading();
    void signal(int number);
    Ended wait();

private:
    bool read_more(int timeout_ms);
    std::string read_line_of(std::string& stream);
    void close(int& descriptor);

    pid_t process_ = -1;
    int out_ = -1, err_ = -1;
    Ended ended_;
};

/// Runs it to its end.
Ended run_program(std::vector<std::string> arguments);

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

}  // namespace pathology::pathod::test
