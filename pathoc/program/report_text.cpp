// The lines for people. Text of a server is printed by append_terminal_text() only, so that it cannot control the
// terminal.
//
//      21-11-26 08:00:00: >> 'GET':/:b'hi'         spec_line
//      << 200 OK: 5 bytes                          outcome_line, or the message of the failure
//      Bytes written: ...                          -q
//      Bytes read: ...                             --show-response

#include <array>
#include <chrono>
#include <ctime>
#include <pathology/proxycore/console/dump.hpp>
#include <pathology/proxycore/console/timestamp.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/http2/violation.hpp>
#include <pathology/proxycore/record/frame_recorder.hpp>

#include "program/report.hpp"

namespace pathology::pathoc {
namespace {

namespace console = proxycore::console;
namespace tls = proxycore::tls;
using proxycore::http::append_terminal_text;
using proxycore::http::terminal_text;
using proxycore::record::RecordedFrame;

/// "2026-11-21 08:00:00 UTC"
std::string utc(std::chrono::system_clock::time_point when) {
    auto const time = std::chrono::system_clock::to_time_t(when);
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    std::array<char, 32> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts)};
}

void append_name(std::string& out, std::string_view title, std::vector<tls::NameAttribute> const& name) {
    out.append("\t").append(title).append(":\n");
    for (auto const& [type, value] : name) out += "\t\t" + type + "=" + terminal_text(value) + "\n";
}

void append_certificate(std::string& out, tls::Certificate const& certificate) {
    append_name(out, "Subject", certificate.subject);
    append_name(out, "Issuer", certificate.issuer);
    out += "\tVersion: " + std::to_string(certificate.version) + "\n";
    out += "\tValidity: " + utc(certificate.not_before) + " - " + utc(certificate.not_after) + "\n";
    out += "\tSerial: " + certificate.serial + "\n";
    out += "\tAlgorithm: " + certificate.signature_algorithm + "\n";
    out += "\tPubkey: " + std::to_string(certificate.key_bits) + " bit " + certificate.key_type + "\n";
    if (certificate.alternative_names.empty()) return;
    out += "\tSANs:";
    for (auto const& name : certificate.alternative_names) out += " " + terminal_text(name.value);
    out += "\n";
}

/// The lines of `-S`: protocol, cipher, and each certificate of the server.
std::string tls_report(tls::ConnectionInfo const& info) {
    std::string out = "Application Layer Protocol: " + (info.alpn.empty() ? "none" : terminal_text(info.alpn)) + "\n";
    out += "Cipher: " + info.cipher + ", " + std::to_string(info.cipher_bits) + " bit, " + info.version + "\n";
    out += "SSL certificate chain:\n";
    for (std::size_t i = 0; i < info.peer_chain.size(); ++i) {
        out += "  Certificate [" + std::to_string(i) + "]\n";
        append_certificate(out, info.peer_chain[i]);
    }
    return out;
}

class TextReport final : public Report {
public:
    explicit TextReport(ProgramOptions const& options)
        : options_(options),
          timestamps_(options.timestamps),
          show_request_(options.show_request),
          show_response_(options.show_response),
          hex_(options.hex),
          ignore_timeouts_(options.ignore_timeouts) {}

    void connection(std::string& out, tls::ConnectionInfo const& info) override { out += tls_report(info); }

    void exchange(std::string& out, MessageContext const& context, SentMessage const& sent,
                  Result<Response> const& outcome, std::string_view partial) override {
        spec_line(out, context, sent);
        if (sent.is_in_flight && sent.stream != 0) {
            outcome_line_with_stream(out, context, sent.stream, outcome);
        } else {
            outcome_line(out, context, outcome);
        }
        dump(out, sent);
        // Of an incomplete response the bytes that arrived, which show where it went wrong.
        if (show_response_) dump(out, "Bytes read:\n", received(outcome, partial));
    }

    void sent_frame(std::string& out, MessageContext const& context, SentMessage const& sent) override {
        spec_line(out, context, sent);
        dump(out, sent);
    }

    void received_frame(std::string& out, MessageContext const& context, RecordedFrame const& frame) override {
        out += mark_of(options_, context.connection) + "<< " + proxycore::record::describe(frame) + "\n";
        if (show_response_) dump(out, "Payload:\n", frame.payload);
    }

    void http2_frame(std::string& out, MessageContext const& context, std::string_view line) override {
        out += mark_of(options_, context.connection);
        append_terminal_text(out, line);
        out += '\n';
    }

    void late_outcome(std::string& out, MessageContext const& context, SentMessage const& sent,
                      Result<Response> const& outcome, std::string_view partial) override {
        outcome_line_with_stream(out, context, sent.stream, outcome);
        if (show_response_) dump(out, "Bytes read:\n", received(outcome, partial));
    }

    void violation(std::string& out, MessageContext const& context,
                   proxycore::http2::Violation const& violation) override {
        out += mark_of(options_, context.connection);
        append_terminal_text(out, "Invalid frame: " + describe(violation));
        out += '\n';
    }

    void protocol_error(std::string& out, MessageContext const& context, std::string_view message) override {
        out += mark_of(options_, context.connection);
        append_terminal_text(out, message);
        out += '\n';
    }

private:
    void spec_line(std::string& out, MessageContext const& context, SentMessage const& sent) {
        if (timestamps_) {
            out += timestamp_.at(context.started);
            out += ": ";
        }
        out += mark_of(options_, context.connection);
        out += ">> ";
        append_terminal_text(out, sent.spec);
        out += sent.note;
        out += '\n';
    }

    /// The bytes of a response, or what arrived of it.
    static std::string_view received(Result<Response> const& outcome, std::string_view partial) {
        if (outcome) return outcome->raw;
        auto const& response = outcome.error().response;
        return response ? response->raw : partial;
    }

    void outcome_line_with_stream(std::string& out, MessageContext const& context, std::uint32_t stream,
                                  Result<Response> const& outcome) const {
        outcome_line(out, context, outcome);
        out.insert(out.size() - 1, " (stream " + std::to_string(stream) + ")");
    }

    void outcome_line(std::string& out, MessageContext const& context, Result<Response> const& outcome) const {
        out += mark_of(options_, context.connection);
        if (outcome) return response_line(out, *outcome);
        auto const& why = outcome.error();
        if (why.response) {
            response_line(out, *why.response);
            out += mark_of(options_, context.connection);
        }
        append_terminal_text(out, why.message);
        if (why.code == Errc::timed_out && ignore_timeouts_) out += " (ignored)";
        out += '\n';
    }

    static void response_line(std::string& out, Response const& response) {
        out += "<< ";
        out += std::to_string(response.status());
        out += ' ';
        append_terminal_text(out, response.reason());
        out += ": ";
        out += std::to_string(response.body_size);
        out += " bytes\n";
    }

    void dump(std::string& out, SentMessage const& sent) const {
        if (show_request_) dump(out, "Bytes written:\n", sent.bytes);
    }
    void dump(std::string& out, std::string_view title, std::string_view data) const {
        out += title;
        out += hex_ ? console::dump_hex(data) : console::dump_text(data);
    }

    ProgramOptions const& options_;
    bool timestamps_, show_request_, show_response_, hex_, ignore_timeouts_;
    console::Timestamp timestamp_;
};

}  // namespace

std::string mark_of(ProgramOptions const& options, std::uint64_t connection) {
    return options.parallel > 1 ? "[" + std::to_string(connection) + "] " : std::string();
}

std::unique_ptr<Report> make_text_report(ProgramOptions const& options) {
    return std::make_unique<TextReport>(options);
}

}  // namespace pathology::pathoc
