#include <pathology/kit/responses.hpp>

#include <cmath>
#include <ostream>
#include <pathology/kit/daemon.hpp>
#include <pathology/language/ast.hpp>
#include <pathology/language/print.hpp>

namespace pathology::kit {
namespace {

using namespace language;

Offset at(std::uint64_t bytes) { return {.kind = Offset::Kind::number, .number = bytes}; }

PauseTime pause_time(std::chrono::nanoseconds time) {
    auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
    return {static_cast<std::uint64_t>(seconds.count()), static_cast<std::uint32_t>((time - seconds).count())};
}

/// Each on a line of its own, so that a comment at the end of one ends there.
std::string join(std::string_view first, std::string_view second) {
    return std::string(first).append("\n| ").append(second);
}

/// In percent, with up to four digits behind the point: `0.5`.
std::string percent(double probability) {
    auto const millionths = static_cast<std::uint64_t>(std::llround(probability * 1'000'000));
    auto fraction = std::to_string(millionths % 10'000);
    fraction.insert(0, 4 - fraction.size(), '0');
    return std::to_string(millionths / 10'000) + "." + fraction + "%";
}

}  // namespace

// --- a response -----------------------------------------------------------------------------------------------------

ResponseSpec respond(unsigned status) { return ResponseSpec(status); }

ResponseSpec& ResponseSpec::header(std::string name, std::string value) {
    headers_.emplace_back(std::move(name), std::move(value));
    return *this;
}

ResponseSpec& ResponseSpec::body(std::string bytes) {
    body_ = std::move(bytes);
    return *this;
}

ResponseSpec& ResponseSpec::reason(std::string phrase) {
    reason_ = std::move(phrase);
    return *this;
}

ResponseSpec& ResponseSpec::delay(std::chrono::nanoseconds time) {
    delay_ = time;
    return *this;
}

ResponseSpec& ResponseSpec::stalls_after(std::uint64_t bytes) {
    end_ = End::stall;
    end_after_ = bytes;
    return *this;
}

ResponseSpec& ResponseSpec::closes_after(std::uint64_t bytes) {
    end_ = End::close;
    end_after_ = bytes;
    return *this;
}

ResponseSpec& ResponseSpec::resets_after(std::uint64_t bytes) {
    end_ = End::reset;
    end_after_ = bytes;
    return *this;
}

ResponseSpec& ResponseSpec::early() {
    is_early_ = true;
    return *this;
}

std::string ResponseSpec::spec() const {
    language::Response response;
    response.code = std::to_string(status_);
    auto& parts = response.features;
    if (reason_) parts.emplace_back(Reason{Literal{*reason_}});
    for (auto const& [name, value] : headers_) parts.emplace_back(Header{Literal{name}, Literal{value}});
    if (body_) parts.emplace_back(Body{Literal{*body_}});
    if (is_early_) parts.emplace_back(WaitFor{Offset{.kind = Offset::Kind::head}, std::nullopt});
    if (delay_ > delay_.zero()) parts.emplace_back(PauseAt{at(0), pause_time(delay_), std::nullopt});
    if (end_ == End::stall) parts.emplace_back(PauseAt{at(end_after_), std::nullopt, std::nullopt});
    if (end_ == End::close) parts.emplace_back(DisconnectAt{at(end_after_), Ending::fin});
    if (end_ == End::reset) parts.emplace_back(DisconnectAt{at(end_after_), Ending::reset});
    return print(Message(std::move(response)));
}

std::ostream& operator<<(std::ostream& out, ResponseSpec const& response) { return out << response.spec(); }

// --- a WebSocket ----------------------------------------------------------------------------------------------------

WebsocketSpec websocket() { return {}; }

WebsocketSpec& WebsocketSpec::sends(std::string_view frames) {
    spec_.append(" ").append(frames);
    return *this;
}

WebsocketSpec& WebsocketSpec::closes(std::uint16_t code) {
    std::string const payload{static_cast<char>(code >> 8U), static_cast<char>(code & 0xffU)};  // RFC 6455 §5.5.1
    language::Frame frame;
    frame.features = {Feature(Flag{Flag::Name::fin, true}), Feature(Opcode{8, "close"}),
                      Feature(Body{Literal{payload}}),
                      Feature(DisconnectAt{Offset{.kind = Offset::Kind::end}, Ending::fin})};
    spec_.append(" ").append(print(Message(std::move(frame))));
    return *this;
}

std::ostream& operator<<(std::ostream& out, WebsocketSpec const& websocket) { return out << websocket.spec(); }

// --- several --------------------------------------------------------------------------------------------------------

Responses::Responses(std::initializer_list<Spec> in_order) {
    if (in_order.size() == 0) throw DaemonError("a list of responses is empty; give at least one spec");
    std::string text;
    for (auto const& response : in_order) text = text.empty() ? response.spec() : join(text, response.spec());
    is_ = Text{std::move(text)};
}

std::string Responses::text() const {
    auto const* text = std::get_if<Text>(&is_);
    return text != nullptr ? text->alternatives : std::string();
}

Responses Responses::with(std::string_view setting) const {
    if (function() != nullptr)
        throw DaemonError("'" + std::string(setting) + "' is for specs; a function counts its requests itself");
    return Responses(join(text(), setting));
}

Responses every(std::uint32_t k, Spec const& response, Spec const& otherwise) {
    return Responses(join("1/" + std::to_string(k) + " " + response.spec(), otherwise.spec()));
}

Responses chance(double probability, Spec const& response, Spec const& otherwise) {
    if (!(probability >= 0 && probability <= 1)) throw DaemonError("a probability is from 0 to 1");
    return Responses(join(percent(probability) + " " + response.spec(), otherwise.spec()));
}

}  // namespace pathology::kit
