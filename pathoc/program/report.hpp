// How exchanges are told on standard output: lines for people, or JSON for programs.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <pathology/pathoc/failure.hpp>
#include "program/options.hpp"
#include <pathology/pathoc/reply.hpp>
#include <pathology/proxycore/record/exchange.hpp>
#include <pathology/proxycore/tls/connection_info.hpp>
#include <string>
#include <string_view>

namespace pathology::pathoc {

/// The place of a message in the run, and the time of its begin.
struct Moment {
    std::uint64_t connection = 0;  ///< counts up from 0
    std::uint64_t index = 0;       ///< of the message on its connection, from 0
    std::chrono::system_clock::time_point started{};
    std::chrono::nanoseconds duration{};
    proxycore::Endpoint remote;
    std::shared_ptr<proxycore::record::RecordedTls const> tls{};  ///< none = plain text
};

/// What went out for one message.
struct Outbound {
    std::string_view spec;   ///< as told
    std::string_view bytes;  ///< exact, as many as were kept
    std::uint64_t size = 0;  ///< all of them counted
    bool is_frame = false;
    std::uint32_t stream = 0;  ///< of a message by HTTP/2; 0 = HTTP/1, or a WebSocket frame
};

/// Turns what happened into text. Every function appends to `out`.
class Report {
public:
    virtual ~Report() = default;

    /// A TLS connection that was made; told when asked for.
    virtual void connection(std::string& out, proxycore::tls::ConnectionInfo const& info) = 0;

    /// A request and its reply, or why there is none; `partial` is what came of a reply that was not whole.
    virtual void exchange(std::string& out, Moment const& moment, Outbound const& sent, Result<Reply> const& outcome,
                          std::string_view partial) = 0;

    /// A frame that was sent.
    virtual void sent_frame(std::string& out, Moment const& moment, Outbound const& sent) = 0;

    /// A frame that the server sent.
    virtual void received_frame(std::string& out, Moment const& moment,
                                proxycore::record::RecordedFrame const& frame) = 0;

    /// A frame of HTTP/2, in words.
    virtual void http2_frame(std::string& out, Moment const& moment, std::string_view line) = 0;

    /// What is wrong with what the server said, where that ends nothing: a handshake that answers another key.
    virtual void fault(std::string& out, Moment const& moment, std::string_view message) = 0;
};

/// `DD-MM-YY HH:MM:SS: >> SPEC` and `<< CODE REASON: N bytes`, dumps after them when asked for.
std::unique_ptr<Report> make_text_report(ProgramOptions const& options);

/// One `record::Exchange` a line; doc/log.md has the names.
std::unique_ptr<Report> make_json_report();

}  // namespace pathology::pathoc
