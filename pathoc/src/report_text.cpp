#include <pathology/proxycore/console/dump.hpp>
#include <pathology/proxycore/console/timestamp.hpp>
#include <pathology/proxycore/record/frame_recorder.hpp>

#include "report.hpp"
#include "tls_report.hpp"

namespace pathology::pathoc {
namespace {

namespace console = proxycore::console;
using proxycore::record::RecordedFrame;

/// Anything but printable ASCII might disturb the terminal.
void append_visible(std::string& out, std::string_view text) {
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        out += byte < 0x20 || byte > 0x7e ? '.' : c;
    }
}

class TextReport final : public Report {
public:
    explicit TextReport(Options const& options)
        : timestamps_(options.timestamps),
          show_request_(options.show_request),
          show_response_(options.show_response),
          hex_(options.hex),
          ignore_timeouts_(options.ignore_timeouts) {}

    void connection(std::string& out, proxycore::tls::ConnectionInfo const& info) override { out += tls_report(info); }

    void exchange(std::string& out, Moment const& moment, Outbound const& sent, Result<Reply> const& outcome,
                  std::string_view partial) override {
        spec_line(out, moment, sent);
        outcome_line(out, outcome);
        dump(out, sent);
        if (show_response_) dump(out, "Bytes read:\n", outcome ? outcome->raw : partial);
    }

    void sent_frame(std::string& out, Moment const& moment, Outbound const& sent) override {
        spec_line(out, moment, sent);
        dump(out, sent);
    }

    void received_frame(std::string& out, Moment const&, RecordedFrame const& frame) override {
        out += "<< " + proxycore::record::describe(frame) + "\n";
        if (show_response_) dump(out, "Payload:\n", frame.payload);
    }

    void http2_frame(std::string& out, Moment const&, std::string_view line) override {
        append_visible(out, line);
        out += '\n';
    }

    void fault(std::string& out, Moment const&, std::string_view message) override {
        append_visible(out, message);
        out += '\n';
    }

private:
    void spec_line(std::string& out, Moment const& moment, Outbound const& sent) {
        if (timestamps_) {
            out += timestamp_.at(moment.started);
            out += ": ";
        }
        out += ">> ";
        out += sent.spec;
        out += '\n';
    }

    void outcome_line(std::string& out, Result<Reply> const& outcome) const {
        if (outcome) {
            out += "<< ";
            out += std::to_string(outcome->status());
            out += ' ';
            append_visible(out, outcome->reason());
            out += ": ";
            out += std::to_string(outcome->body_size);
            out += " bytes\n";
            return;
        }
        append_visible(out, outcome.error().message);
        if (outcome.error().code == Errc::timed_out && ignore_timeouts_) out += " (ignored)";
        out += '\n';
    }

    void dump(std::string& out, Outbound const& sent) const {
        if (show_request_) dump(out, "Bytes written:\n", sent.bytes);
    }
    void dump(std::string& out, std::string_view title, std::string_view data) const {
        out += title;
        out += hex_ ? console::dump_hex(data) : console::dump_text(data);
    }

    bool timestamps_, show_request_, show_response_, hex_, ignore_timeouts_;
    console::Timestamp timestamp_;
};

}  // namespace

std::unique_ptr<Report> make_text_report(Options const& options) { return std::make_unique<TextReport>(options); }

}  // namespace pathology::pathoc
