#include <pathology/proxycore/console/program.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <pathology/proxycore/http/escaped.hpp>

namespace pathology::proxycore::console {

void open_standard_streams() {
    // open() returns the lowest free number. The access is that which the stream does not need: what a program reads
    // from a stream that is not there, or writes to it, must fail and not vanish.
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream) {
        if (::fcntl(stream, F_GETFD) != -1 || errno != EBADF) continue;
        ::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

void print_error(Console& console, std::string_view program, std::string_view message) {
    std::string line(program);
    http::append_terminal_text(line += ": ", message, http::WhiteSpace::lines);
    console.err(line += '\n');
}

int end_program(Console& console, std::string_view program, int status, ExitCode without_reader) {
    console.flush();
    auto const failure = console.out_failure();
    if (!failure) return status;
    if (failure == std::errc::broken_pipe) return status == 0 ? console::status(without_reader) : status;
    print_error(console, program, "cannot write to standard output: " + failure.message());
    return status == 0 ? console::status(ExitCode::failed) : status;
}

}  // namespace pathology::proxycore::console
