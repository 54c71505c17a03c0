#include "redis/client.hpp"

#include <algorithm>
#include <pathology/proxycore/async/race.hpp>
#include <pathology/proxycore/console/units.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/net/connect.hpp>
#include <utility>

namespace pathology::proxycore::redis {
namespace {

using addons::LogLevel;
using Clock = std::chrono::steady_clock;

constexpr std::size_t max_pending = 4096;
constexpr std::size_t block_size = 16 * 1024;
constexpr std::size_t max_shown_error = 200;

/// What an error reply says. That to AUTH may repeat the password, so of that only its first word, the code, is shown.
std::string describe(Command const& command, Reply const& error) {
    bool const is_secret = command.front() == "AUTH";
    auto const shown = is_secret ? error.text.substr(0, error.text.find(' ')) : error.text;
    return "it rejects " + command.front() + ": " + http::terminal_text(shown.substr(0, max_shown_error));
}

std::vector<Command> greetings_for(Url const& url) {
    std::vector<Command> commands;
    if (url.password) {
        auto& auth = commands.emplace_back(Command{"AUTH"});
        if (!url.user.empty()) auth.push_back(url.user);
        auth.push_back(*url.password);
    }
    if (url.database != 0) commands.push_back({"SELECT", std::to_string(url.database)});
    commands.push_back({"PING"});
    return commands;
}

std::string describe_end(net::error_code ec) { return "the connection ended: " + net::describe(ec); }

template <class... T> std::string text_of(std::variant<T...> const& outcome) {
    return std::visit([](auto const& text) -> std::string { return text; }, outcome);
}

}  // namespace

/// The state of the client while a connection may be used, also if the coroutine is cancelled.
class Client::Connected {
public:
    explicit Connected(Client& client) : client_(client) {
        client_.is_connected_ = true;
        client_.welcome();
    }
    ~Connected() {
        client_.is_connected_ = false;
        client_.forget_all();
    }
    Connected(Connected const&) = delete;
    Connected& operator=(Connected const&) = delete;

private:
    Client& client_;
};

Client::Client(ClientSettings settings, Log log)
    : settings_(std::move(settings)), log_(std::move(log)), next_pause_(settings_.first_pause) {}

// --- the connection --------------------------------------------------------------------------------------------------

asio::awaitable<void> Client::run() {
    for (;;) {
        auto const began = Clock::now();
        auto const why = co_await use_one_connection();
        report_loss(why);
        // A server that comes and goes is asked as rarely as one that is away.
        if (Clock::now() - began > settings_.max_pause) next_pause_ = settings_.first_pause;
        co_await async::pause(next_pause_);
        next_pause_ = std::min(next_pause_ * 2, settings_.max_pause);
    }
}

/// Returns why the connection is not used any more.
asio::awaitable<std::string> Client::use_one_connection() {
    auto opened = co_await net::connect(settings_.url.address.host, settings_.url.address.port, settings_.max_connect);
    if (!opened) co_return opened.error().message;
    auto const stream = *std::move(opened);
    ReplyReader replies;
    auto greeting = greet(*stream, replies);
    auto const refused = co_await async::with_timeout(settings_.max_connect, std::move(greeting));
    if (!refused) co_return "no reply within " + console::format(settings_.max_connect);
    if (!refused->empty()) co_return *refused;
    Connected const connected(*this);
    auto reading = read_replies(*stream, replies);
    auto writing = write_commands(*stream);
    auto waiting = wait_for_silence();
    auto output = async::race(std::move(writing), std::move(waiting));
    auto const ended = co_await async::race(std::move(reading), std::move(output));
    co_return ended.index() == 0 ? std::get<0>(ended) : text_of(std::get<1>(ended));
}

/// Returns an empty text if the server is ready.
asio::awaitable<std::string> Client::greet(net::Stream& stream, ReplyReader& replies) const {
    auto const commands = greetings_for(settings_.url);
    std::string text, block(block_size, '\0');
    for (auto const& command : commands) append(text, command);
    auto const failed = co_await net::send(stream, text);
    if (failed) co_return describe_end(failed);
    for (std::size_t received = 0; received < commands.size();) {
        while (auto const reply = replies.next()) {
            if (received == commands.size()) co_return "it sends replies to no command";
            if (reply->kind == Reply::Kind::error) co_return describe(commands[received], *reply);
            ++received;
        }
        if (!replies.why().empty()) co_return replies.why();
        if (received == commands.size()) break;
        auto const [ec, size] = co_await stream.read_some(asio::buffer(block));
        if (ec) co_return describe_end(ec);
        if (!replies.feed({block.data(), size})) co_return replies.why();
    }
    co_return std::string();
}

asio::awaitable<std::string> Client::read_replies(net::Stream& stream, ReplyReader& replies) {
    std::string block(block_size, '\0');
    for (;;) {
        auto const [ec, size] = co_await stream.read_some(asio::buffer(block));
        if (ec) co_return describe_end(ec);
        replies.feed({block.data(), size});
        if (!accept(replies)) co_return "it sends replies to no command";
        if (!replies.why().empty()) co_return replies.why();
    }
}

asio::awaitable<std::string> Client::write_commands(net::Stream& stream) {
    for (;;) {
        while (output_.empty()) co_await output_changed_.wait();
        auto const block = std::exchange(output_, {});
        auto const ec = co_await net::send(stream, block);
        if (ec) co_return describe_end(ec);
    }
}

asio::awaitable<std::string> Client::wait_for_silence() {
    for (;;) {
        while (!is_late_) co_await lateness_changed_.wait();
        auto waiting = wait_while_late();
        bool const came = co_await async::with_timeout(settings_.max_silence, std::move(waiting));
        if (!came && is_late_)
            co_return "no reply within " + console::format(settings_.max_call + settings_.max_silence);
    }
}

asio::awaitable<void> Client::wait_while_late() {
    while (is_late_) co_await lateness_changed_.wait();
}

// --- commands --------------------------------------------------------------------------------------------------------

asio::awaitable<std::optional<Reply>> Client::call(Command const& command) {
    auto const pending = enqueue(command);
    if (!pending) co_return std::nullopt;
    auto waiting = wait_for(pending);
    co_await async::with_timeout(settings_.max_call, std::move(waiting));
    if (!pending->is_done) {
        is_late_ = true;
        lateness_changed_.notify();
    }
    if (!pending->has_reply) co_return std::nullopt;
    co_return std::move(pending->reply);
}

asio::awaitable<void> Client::wait_for(std::shared_ptr<Pending> pending) {
    while (!pending->is_done) co_await pending->done.wait();
}

void Client::send(Command const& command) { enqueue(command); }

std::shared_ptr<Client::Pending> Client::enqueue(Command const& command) {
    if (!is_ready() || pending_.size() >= max_pending) return nullptr;
    append(output_, command);
    output_changed_.notify();
    return pending_.emplace_back(std::make_shared<Pending>());
}

/// Gives the replies to those that wait. Returns false if there are more replies than commands.
bool Client::accept(ReplyReader& replies) {
    while (auto reply = replies.next()) {
        if (pending_.empty()) return false;
        auto const pending = std::move(pending_.front());
        pending_.pop_front();
        if (reply->kind == Reply::Kind::error) report_error(*reply);
        pending->reply = *std::move(reply);
        pending->has_reply = pending->is_done = true;
        pending->done.notify();
    }
    if (is_late_ && pending_.empty()) {
        is_late_ = false;
        lateness_changed_.notify();
    }
    return true;
}

void Client::forget_all() {
    for (auto const& pending : std::exchange(pending_, {})) {
        pending->is_done = true;
        pending->done.notify();
    }
    output_.clear();
    is_late_ = false;
}

// --- the log ---------------------------------------------------------------------------------------------------------

/// The server works, but not for us: a replica, no memory, a command that the user may not use.
void Client::report_error(Reply const& error) {
    if (std::exchange(is_error_reported_, true)) return;
    log_(LogLevel::warn, "shared state " + name() + " rejects a command, further ones are not reported: " +
                             http::terminal_text(error.text.substr(0, max_shown_error)));
}

void Client::welcome() {
    is_loss_reported_ = is_error_reported_ = false;
    log_(LogLevel::info, "shared state " + name() + ": connected");
}

void Client::report_loss(std::string const& why) {
    if (std::exchange(is_loss_reported_, true)) return;
    log_(LogLevel::warn, "shared state " + name() + " is not used until it can be reached again: " + why);
}

}  // namespace pathology::proxycore::redis
