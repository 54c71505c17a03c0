#include <array>
#include <cstdio>
#include <pathology/proxycore/console/dump.hpp>
#include <pathology/proxycore/console/timestamp.hpp>
#include <pathology/proxycore/http/escaped.hpp>

#include "report.hpp"

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

std::string opcode_name(std::uint8_t opcode) {
    switch (opcode) {
        case 0: return "continue";
        case 1: return "text";
        case 2: return "binary";
        case 8: return "close";
        case 9: return "ping";
        case 10: return "pong";
        default: break;
    }
    constexpr std::string_view digits = "0123456789abcdef";
    return std::string("0x") + digits[opcode & 0xFU];
}

std::string flag_names(RecordedFrame const& frame) {
    std::array<std::pair<bool, char const*>, 5> const flags{
        {{frame.fin, "fin"}, {frame.rsv1, "rsv1"}, {frame.rsv2, "rsv2"}, {frame.rsv3, "rsv3"}, {frame.masked, "mask"}}};
    std::string names;
    for (auto const& [is_set, name] : flags) {
        if (is_set) names += (names.empty() ? ":" : "|") + std::string(name);
    }
    return names;
}

/// `15b`, `68.36k`: two decimals at most, no zeros behind.
std::string short_size(std::uint64_t bytes) {
    constexpr std::string_view units = "bkmgt";
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 1024 && unit + 1 < units.size(); ++unit) value /= 1024;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.2f", value);
    std::string number(text.data());
    number.erase(number.find_last_not_of('0') + 1);
    if (number.ends_with('.')) number.pop_back();
    return number + units[unit];
}

class TextReport final : public Report {
public:
    explicit TextReport(Options const& options)
        : timestamps_(options.timestamps),
          show_request_(options.show_request),
          show_response_(options.show_response),
          hex_(options.hex),
          ignore_timeouts_(options.ignore_timeouts) {}

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
        out += "<< ws frame:" + opcode_name(frame.opcode) + flag_names(frame);
        if (frame.key) out += ":key=b'" + proxycore::http::escaped(*frame.key, '\'') + "'";
        if (frame.payload_size > 0) out += " " + short_size(frame.payload_size);
        out += '\n';
        if (show_response_) dump(out, "Payload:\n", frame.payload);
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
