#include <pathology/pathod/daemon.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <pathology/language/rng.hpp>
#include <pathology/language/timing.hpp>
#include <pathology/proxycore/console/program.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/net/server.hpp>
#include <pathology/proxycore/percent.hpp>
#include <stdexcept>

#include "accept_message.hpp"
#include "connection.hpp"

namespace pathology::pathod {

using proxycore::console::Console;
using proxycore::console::ExitCode;

namespace {

constexpr std::string_view safe_in_path = "!$&'()*+,;=:@/";  // RFC 3986 §3.3: pchar and "/"

net::ListenFault fault_of(Listening listening) {
    switch (listening) {
        case Listening::accept: break;
        case Listening::refuse: return net::ListenFault::refused;
        case Listening::full_backlog: return net::ListenFault::full;
    }
    return net::ListenFault::none;
}

/// The log file, opened for appending.
class LogFile {
public:
    explicit LogFile(int descriptor) : descriptor_(descriptor), console_(descriptor, descriptor) {
        console_.never_wait();  // it may be a FIFO without a reader
    }
    ~LogFile() {
        console_.flush();
        ::close(descriptor_);
    }
    LogFile(LogFile const&) = delete;
    LogFile& operator=(LogFile const&) = delete;

    Console& console() { return console_; }

private:
    int descriptor_;
    Console console_;
};

}  // namespace

void throw_exception_from_error(StartFailure const& failure, boost::source_location const& /*where*/) {
    throw std::runtime_error(failure.message);
}

// Order of members: the server is destroyed first, which ends the connections; they use workers, context, log and
// console.
struct Daemon::State {
    State(DaemonOptions its_options, Console* its_console)
        : options(std::move(its_options)), console(its_console), seed(options.seed), log(options.log_capacity) {}

    boost::system::result<void, StartFailure> open_log_file();
    template <class Anchor> boost::system::result<void, StartFailure> add_anchor(Anchor const& anchor);
    net::ServerOptions server_options();
    boost::system::result<void, StartFailure> read_accept_delay();
    net::TimeLimit accept_delay_of(std::uint64_t connection) const;
    void tick();
    void print_error(std::string_view line) const;

    DaemonOptions const options;
    Console* const console;
    language::RunSeed seed;
    std::optional<language::WaitTime> accept_delay;
    ExchangeLog log;
    std::unique_ptr<LogFile> file;
    std::atomic<bool> file_failed = false;  // it did not accept some text
    std::unique_ptr<DaemonContext> context;
    std::vector<std::unique_ptr<WorkerContext>> workers;  // one for each worker
    std::unique_ptr<net::Server> server;                  // last: destroyed before what its connections use
};

boost::system::result<void, StartFailure> Daemon::State::open_log_file() {
    if (!options.log_file) return {};
    int const descriptor = ::open(options.log_file->c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        std::string const cause = std::strerror(errno);
        return StartFailure{ExitCode::usage, "--log-file: cannot open '" + *options.log_file + "': " + cause};
    }
    file = std::make_unique<LogFile>(descriptor);
    return {};
}

net::ServerOptions Daemon::State::server_options() {
    net::ServerOptions result;
    auto& listener = result.listen.front();
    listener.endpoint = {options.address, options.port};
    listener.fault = fault_of(options.listening);
    // The system limits it as well; the kernel counts in int.
    if (options.receive_buffer)
        listener.receive_buffer = static_cast<int>(std::min<std::uint64_t>(*options.receive_buffer, INT_MAX / 2));
    if (options.backlog || options.listening == Listening::full_backlog) result.backlog = options.backlog.value_or(0);
    if (accept_delay) result.accept_delay = [this](std::uint64_t connection) { return accept_delay_of(connection); };
    result.threads = options.threads;
    result.max_connections = options.max_connections;
    // Consoles buffer; the tick writes what a quiet daemon has left in them.
    if (console != nullptr || file != nullptr) result.tick = [this] { tick(); };
    result.on_error = [this](std::string_view line) { print_error(line); };
    return result;
}

boost::system::result<void, StartFailure> Daemon::State::read_accept_delay() {
    accept_delay.reset();
    if (!options.accept_delay) return {};
    auto const time = language::parse_wait_time(*options.accept_delay);
    if (!time) {
        auto const shown = describe(time.error(), *options.accept_delay, "time");
        return StartFailure{ExitCode::usage, "--accept-delay: invalid time\n" + shown};
    }
    accept_delay = *time;
    return {};
}

/// std::nullopt: for ever. Apart from the seeds of what the connection gets, so that these are the same without a
/// delay.
net::TimeLimit Daemon::State::accept_delay_of(std::uint64_t connection) const {
    language::Rng rng(seed.of(connection, UINT64_MAX - 1));
    auto const time = language::draw(*accept_delay, rng);
    if (!time) return std::nullopt;
    return std::chrono::duration_cast<net::Duration>(time->length());
}

void Daemon::State::tick() {
    if (console != nullptr) console->flush();
    if (file == nullptr) return;
    file->console().flush();
    auto const failure = file->console().out_failure();
    if (failure && !file_failed.exchange(true))
        print_error("pathod: cannot write to the log file '" + *options.log_file + "': " + failure.message());
}

void Daemon::State::print_error(std::string_view line) const {
    if (console != nullptr)
        console->err(proxycore::http::terminal_text(line, proxycore::http::WhiteSpace::lines) + "\n");
}

Daemon::Daemon(DaemonOptions options, Console* console)
    : state_(std::make_unique<State>(std::move(options), console)) {}

Daemon::~Daemon() { stop(); }

boost::system::result<void, StartFailure> Daemon::start() {
    auto& state = *state_;
    if (state.server && state.server->port() != 0) {
        return StartFailure{ExitCode::no_connection, "the daemon is already running, at " + endpoint()};
    }
    auto anchors = Anchors::read(state.options.anchors, anchor_options(state.options));
    if (!anchors) return StartFailure{ExitCode::usage, anchors.error().message};
    for (auto const& anchor : state.options.path_anchors) {
        auto const appended = anchors->append(anchor, anchor_options(state.options));
        if (!appended) return StartFailure{ExitCode::usage, appended.error().message};
    }
    // Everything that can fail by the options is checked before the first socket is opened.
    auto accept_message = read_accept_message(state.options);
    if (!accept_message) return StartFailure{ExitCode::usage, accept_message.error().message};
    if (auto const delay = state.read_accept_delay(); !delay) return delay.error();
    if (auto const opened = state.open_log_file(); !opened) return opened.error();
    LogOutputs const outputs{state.console, state.file ? &state.file->console() : nullptr};
    // Of an earlier run. The order is that of destruction: connections before their workers.
    state.server.reset();
    state.workers.clear();
    state.context = std::make_unique<DaemonContext>(state.options, std::move(*anchors), state.log, outputs, state.seed);
    state.context->accept_message = std::move(*accept_message);
    if (auto const secure = state.context->tls->check(); !secure) {
        return StartFailure{ExitCode::usage, secure.error().message};
    }
    if (auto const warning = state.context->tls->warning(); state.console != nullptr && !warning.empty())
        print_error(*state.console, "pathod", warning);
    for (unsigned i = 0; i < std::max(state.options.threads, 1U); ++i) {
        state.workers.push_back(std::make_unique<WorkerContext>(*state.context));
    }
    // A connection stays on its worker, so a WorkerContext needs no lock.
    auto const serve = [&state](net::Connection connection) {
        auto& worker = *state.workers[connection.worker];
        return serve_connection(std::move(connection), worker);
    };
    state.server = std::make_unique<net::Server>(state.server_options(), serve);
    if (auto const started = state.server->start(); !started) {
        return StartFailure{ExitCode::no_connection, started.error().message};
    }
    return {};
}

template <class Anchor> boost::system::result<void, StartFailure> Daemon::State::add_anchor(Anchor const& anchor) {
    if (!context) return StartFailure{ExitCode::usage, "the daemon was never started"};
    auto const added = context->anchors.add(anchor, anchor_options(options));
    if (!added) return StartFailure{ExitCode::usage, added.error().message};
    return {};
}

boost::system::result<void, StartFailure> Daemon::add_anchor(std::string const& anchor) {
    return state_->add_anchor(anchor);
}

boost::system::result<void, StartFailure> Daemon::add_anchor(PathAnchor const& anchor) {
    return state_->add_anchor(anchor);
}

boost::system::result<void, StartFailure> Daemon::add_anchor(FunctionAnchor const& anchor) {
    return state_->add_anchor(anchor);
}

boost::system::result<void, StartFailure> Daemon::check_spec(std::string const& spec) const {
    auto const checked = Anchors::check(spec, anchor_options(state_->options));
    if (!checked) return StartFailure{ExitCode::usage, checked.error().message};
    return {};
}

void Daemon::stop() {
    if (state_->server) state_->server->stop();
}

ExitCode Daemon::run_until_signal() {
    if (!state_->server) return ExitCode::done;
    auto const signal = state_->server->run_until_signal();
    if (state_->file != nullptr) state_->tick();
    if (signal == SIGINT) return ExitCode::interrupted;
    return state_->file_failed ? ExitCode::failed : ExitCode::done;
}

std::uint16_t Daemon::port() const { return state_->server ? state_->server->port() : std::uint16_t(0); }

std::string Daemon::endpoint() const {
    auto const endpoint = state_->server ? state_->server->local_endpoint() : proxycore::Endpoint();
    return endpoint.port == 0 ? std::string() : to_string(endpoint);
}

std::string Daemon::url() const { return (state_->options.tls.serve ? "https://" : "http://") + endpoint(); }

std::string Daemon::url_for(std::string_view spec) const {
    return url() + state_->options.craft_prefix + proxycore::percent_encode(spec, safe_in_path);
}

std::uint64_t Daemon::seed() const { return state_->seed.value(); }

boost::system::result<std::string, StartFailure> Daemon::authority_pem() const {
    if (!state_->context) return StartFailure{ExitCode::usage, "the daemon was never started"};
    auto pem = state_->context->tls->authority_pem();
    if (!pem) return StartFailure{ExitCode::usage, pem.error().message};
    return std::move(*pem);
}

ExchangeLog& Daemon::log() { return state_->log; }

ExchangeLog const& Daemon::log() const { return state_->log; }

std::size_t Daemon::connections() const { return state_->server ? state_->server->connections() : 0; }

bool Daemon::wait_until_idle(std::chrono::steady_clock::duration limit) const {
    return !state_->server || state_->server->wait_until_empty(limit);
}

}  // namespace pathology::pathod
