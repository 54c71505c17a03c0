// The formats of standard output: text or JSON lines.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <pathology/pathoc/failure.hpp>
#include <pathology/pathoc/response.hpp>
#include <pathology/proxycore/record/exchange.hpp>
#include <pathology/proxycore/tls/connection_info.hpp>
#include <string>
#include <string_view>
#include "program/options.hpp"

namespace pathology::proxycore::http2 {
struct Violation;
}

namespace pathology::pathoc {

/// The position of a message in the run, and its time.
struct MessageContext {
    std::uint64_t connection = 0;  ///< from 0
    std::uint64_t index = 0;       ///< of the message on its connection, from 0
    std::chrono::system_clock::time_point started{};
    std::chrono::nanoseconds duration{};
    proxycore::Endpoint remote;
    std::shared_ptr<proxycore::record::RecordedTls const> tls{};  ///< nullptr for plain text
};

/// A sent message.
struct SentMessage {
    std::string_view spec;   ///< as reported
    std::string_view bytes;  ///< up to the limit of the session
    std::uint64_t size = 0;  ///< of all bytes
    bool is_frame = false;
    std::uint32_t stream = 0;    ///< of an HTTP/2 message; 0 for HTTP/1 and WebSocket
    std::string_view note = {};  ///< printed behind the spec
    bool is_in_flight = false;   ///< responses may be in another order than requests
};

/// What lines begin with if several connections are open at once: `[7] `, the number of the connection from 0; else
/// empty.
std::string mark_of(ProgramOptions const& options, std::uint64_t connection);

/// Formats events. Every function appends to `out`.
class Report {
public:
    virtual ~Report() = default;

    /// A TLS connection, for -S.
    virtual void connection(std::string& out, proxycore::tls::ConnectionInfo const& info) = 0;

    /// A request and its response, or why it failed; `partial` has the bytes of an incomplete response.
    virtual void exchange(std::string& out, MessageContext const& context, SentMessage const& sent,
                          Result<Response> const& outcome, std::string_view partial) = 0;

    /// A frame that was sent, or a request whose response was not waited for.
    virtual void sent_frame(std::string& out, MessageContext const& context, SentMessage const& sent) = 0;

    /// A frame that the server sent.
    virtual void received_frame(std::string& out, MessageContext const& context,
                                proxycore::record::RecordedFrame const& frame) = 0;

    /// An HTTP/2 frame, described in a line.
    virtual void http2_frame(std::string& out, MessageContext const& context, std::string_view line) = 0;

    /// The response, or why there is none, to a request that was reported by sent_frame().
    virtual void late_outcome(std::string& out, MessageContext const& context, SentMessage const& sent,
                              Result<Response> const& outcome, std::string_view partial) = 0;

    /// A rule of HTTP/2 that the server broke outside of an exchange.
    virtual void violation(std::string& out, MessageContext const& context,
                           proxycore::http2::Violation const& violation) = 0;

    /// A protocol error that does not end the exchange, such as a wrong Sec-WebSocket-Accept.
    virtual void protocol_error(std::string& out, MessageContext const& context, std::string_view message) = 0;
};

/// The options must outlive it.
/// `DD-MM-YY HH:MM:SS: >> SPEC` and `<< CODE REASON: N bytes`, dumps after them if the options ask for them.
std::unique_ptr<Report> make_text_report(ProgramOptions const& options);

/// One `record::Exchange` per line; doc/log.md describes the members.
std::unique_ptr<Report> make_json_report();

}  // namespace pathology::pathoc
