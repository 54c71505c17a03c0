// The run of a program: connections one after the other, and what is said of each exchange.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <pathology/language/http2.hpp>
#include "program/options.hpp"
#include <pathology/pathoc/session.hpp>
#include <pathology/proxycore/console/console.hpp>
#include <pathology/proxycore/console/exit_code.hpp>
#include <span>
#include <string>

#include "program/dice.hpp"
#include "http2_session.hpp"
#include "program/memo.hpp"
#include "program/progress.hpp"
#include "program/report.hpp"
#include "route.hpp"
#include "script.hpp"

namespace pathology::pathoc {

class Conversation {
public:
    /// `tls` is spoken with the server; none = plain text.
    Conversation(ProgramOptions const& options, std::span<Script const> scripts, proxycore::console::Console& console,
                 std::shared_ptr<TlsLayer const> tls);

    /// Plays every connection. Cancel: terminal, after interrupt().
    boost::asio::awaitable<void> run();

    /// Says that what fails from now on failed because we were told to stop.
    void interrupt();

    /// Shows what has been written and how far the run is.
    void tick();

    proxycore::console::ExitCode verdict() const;

private:
    /// One connection, made when its first message needs it.
    struct Line {
        Line(std::uint64_t its_ordinal, Playlist its_playlist) : ordinal(its_ordinal), playlist(its_playlist) {}

        std::uint64_t ordinal;
        Playlist playlist;
        std::uint64_t index = 0;  // of the next message
        std::optional<Session> session;
        proxycore::Endpoint remote;
        std::shared_ptr<proxycore::record::RecordedTls const> tls;
        std::unique_ptr<Http2Session> http2;  // in place of `session`
        language::ClientStreams streams{};
        std::uint32_t stream = 1;  // of the message at hand
        bool said_frames = false;  // raw ones, whose answers are whatever comes
        bool speaks_websocket = false;
        bool is_over = false;
        std::string const& sent() const { return http2 ? http2->sent() : session->sent(); }
        std::string partial() const { return http2 ? http2->partial() : session->partial(); }
        bool is_played = false, is_closed = false;  // nothing is left to send; the server sent a close frame
    };

    boost::asio::awaitable<void> play_connection(std::uint64_t ordinal);
    boost::asio::awaitable<void> play(Line& line);
    boost::asio::awaitable<void> hear_frames(Line& line);
    boost::asio::awaitable<void> play_and_stay(Line& line);
    boost::asio::awaitable<void> open(Line& line);
    void note_closed_way(Failure const& why);
    void note_tls(Line& line, proxycore::tls::ConnectionInfo const& info);
    boost::asio::awaitable<void> exchange(Line& line, Prepared const& message, Sending const& crafted);
    boost::asio::awaitable<void> send_only(Line& line, Prepared const& message, Sending const& crafted);

    void begin_http2(Line& line, std::unique_ptr<proxycore::net::Stream> stream);
    void show_frame(Line const& line, bool is_ours, http2::Frame const& frame);
    boost::asio::awaitable<Result<Reply>> trade(Line& line, Outgoing const& outgoing);
    boost::asio::awaitable<Result<Written>> say(Line& line, Outgoing const& outgoing);

    std::optional<Sending> craft(Line const& line, Prepared const& message);
    void check_handshake(Moment const& moment, Sending const& crafted, Reply const& reply);
    void settle(Line& line, Prepared const& message, Moment const& moment, Outbound const& sent,
                Result<Reply> const& outcome);
    Moment moment(Line const& line) const;
    void tell(std::string const& block);
    void complain(std::string const& text);

    ProgramOptions const& options_;
    std::span<Script const> scripts_;
    proxycore::console::Console& console_;
    Dice dice_;
    std::optional<Memo> memo_;
    std::unique_ptr<Report> report_;
    Progress progress_;
    Route route_;
    bool stop_ = false;
    bool interrupted_ = false, refused_ = false, failed_ = false, unconnected_ = false;
};

}  // namespace pathology::pathoc
