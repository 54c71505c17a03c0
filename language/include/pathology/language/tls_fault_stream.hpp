#pragma once
// A stream between TLS and the connection that performs a TLS fault on the bytes that are sent.

#include <functional>
#include <memory>
#include <pathology/language/tls_fault.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/record/tls.hpp>
#include <string>

namespace pathology::language {

/// A stream that sends the bytes of TLS over another one, with the actions of a fault.
///
///     TlsStream ─▶ write ─▶ │bytes│action│bytes│…  ─▶ next      until an action ends the connection
///
/// An action happens before the byte at its place is sent, so one behind the last byte never does. Places are those in
/// the bytes of TLS, whatever was injected. A place that has passed when its record becomes known is the next byte.
///
/// It conforms to net::Stream; reading is not changed.
/// Limits: pauses and the ending hold end after the time limit with Errc::timed_out.
/// Errors: Errc::closed after an action has ended the connection.
/// Owns:   the stream underneath.
class TlsFaultStream final : public proxycore::net::Stream {
public:
    /// `limit` is the time limit that `next` has.
    TlsFaultStream(std::unique_ptr<proxycore::net::Stream> next, proxycore::net::TimeLimit limit);
    ~TlsFaultStream() override;

    /// Sets the actions; to be called before the first byte is written. None: the bytes pass through.
    void set_fault(TlsFault fault);

    /// Is called before each action with what is done.
    void set_report(std::function<void(proxycore::record::RecordedTlsFault const&)> report);

    /// What was done as the end of a sentence: " (TLS fault: d40 at byte 40, record 1+40)"; empty if nothing was.
    std::string summary() const;

    boost::asio::awaitable<proxycore::net::ReadResult> read_some(boost::asio::mutable_buffer into) override;
    boost::asio::awaitable<proxycore::net::error_code> write(std::span<boost::asio::const_buffer const> all) override;
    std::size_t write_now(boost::asio::const_buffer bytes) override;
    bool has_unsent() const override;
    boost::asio::awaitable<proxycore::net::error_code> wait_for_end() override;
    boost::asio::awaitable<proxycore::net::error_code> wait_for_input() override;
    void close(proxycore::net::CloseMode how) override;
    bool shows_truncation() const override;
    std::size_t unacknowledged() override;
    void set_time_limit(proxycore::net::TimeLimit limit) override;
    proxycore::Endpoint local_endpoint() const override;
    proxycore::Endpoint remote_endpoint() const override;
    boost::asio::any_io_executor executor() override;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pathology::language
