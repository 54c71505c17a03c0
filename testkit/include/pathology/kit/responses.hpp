// What requests get: specs, in order, every k-th or by chance, or what a function of the test computes.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <optional>
#include <pathology/kit/message.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pathology::kit {

/// A response without the language: `respond(503).header("Retry-After", "1").body("busy").delay(500ms)`. Each function
/// returns the response, so that calls follow each other.
class ResponseSpec {
public:
    explicit ResponseSpec(unsigned status) : status_(status) {}

    ResponseSpec& header(std::string name, std::string value);  ///< may be repeated
    ResponseSpec& body(std::string bytes);
    ResponseSpec& reason(std::string phrase);            ///< for HTTP/1 alone
    ResponseSpec& delay(std::chrono::nanoseconds time);  ///< before the first byte
    ResponseSpec& stalls_after(std::uint64_t bytes);     ///< sends no more than these, of head and body, and stays open
    ResponseSpec& closes_after(std::uint64_t bytes);
    ResponseSpec& resets_after(std::uint64_t bytes);  ///< with RST
    ResponseSpec& early();  ///< as soon as the head of the request is read; not from a function

    /// In the language: `503:h'Retry-After'='1':b'busy':p0,500ms`.
    std::string spec() const;

private:
    enum class End : std::uint8_t { none, stall, close, reset };

    unsigned status_;
    std::vector<std::pair<std::string, std::string>> headers_;
    std::optional<std::string> body_, reason_;
    std::chrono::nanoseconds delay_{};
    End end_ = End::none;
    std::uint64_t end_after_ = 0;
    bool is_early_ = false;
};

ResponseSpec respond(unsigned status);
std::ostream& operator<<(std::ostream& out, ResponseSpec const& response);

/// A WebSocket server: `websocket().sends("wf:fin:b'hello'").closes(1000)`. It completes the handshake, sends its
/// frames, and reads; without closes() it never closes, also not when the client does.
class WebsocketSpec {
public:
    /// One or more frame specs, for a frame by the book or a bad one; may be repeated.
    WebsocketSpec& sends(std::string_view frames);
    /// A close frame behind the others, then the end of the connection.
    WebsocketSpec& closes(std::uint16_t code);

    /// In the language: `ws wf:fin:b'hello' wf:fin:cclose:b'\x03\xe8':da`.
    std::string const& spec() const { return spec_; }

private:
    std::string spec_ = "ws";
};

WebsocketSpec websocket();
std::ostream& operator<<(std::ostream& out, WebsocketSpec const& websocket);

/// One response, as a spec.
class Spec {
public:
    Spec(char const* spec) : spec_(spec) {}                            // NOLINT(google-explicit-constructor)
    Spec(std::string_view spec) : spec_(spec) {}                       // NOLINT(google-explicit-constructor)
    Spec(std::string spec) : spec_(std::move(spec)) {}                 // NOLINT(google-explicit-constructor)
    Spec(ResponseSpec const& response) : spec_(response.spec()) {}     // NOLINT(google-explicit-constructor)
    Spec(WebsocketSpec const& websocket) : spec_(websocket.spec()) {}  // NOLINT(google-explicit-constructor)

    std::string const& spec() const { return spec_; }

private:
    std::string spec_;
};

/// The responses for the requests of one RequestMatch.
///
///     "503 | 200"                          a text of specs as anchors have it
///     {"503", "503", "200"}                in order; then the last stays
///     every(3, "503", "200")               every third request, and the others
///     chance(0.1, "503", "200")            by chance, from the daemon's seed
///     [](Request const& request) { return "200:b'" + request.body + "'"; }
///
/// A function runs on a thread of the daemon, at the end of its request; with DaemonOptions::threads it may run on
/// several at once. It does not wait, and calls nothing that waits for this daemon. If it throws, or what it returns is
/// no valid spec, the test fails and the client gets a response 500 or 800 with the reason.
class Responses {
public:
    using Function = std::function<std::string(Request const& request)>;

    Responses(char const* text) : Responses(std::string(text)) {}               // NOLINT(google-explicit-constructor)
    Responses(std::string_view text) : Responses(std::string(text)) {}          // NOLINT(google-explicit-constructor)
    Responses(std::string text) : is_(Text{std::move(text)}) {}                 // NOLINT(google-explicit-constructor)
    Responses(ResponseSpec const& response) : Responses(response.spec()) {}     // NOLINT(google-explicit-constructor)
    Responses(WebsocketSpec const& websocket) : Responses(websocket.spec()) {}  // NOLINT(google-explicit-constructor)
    Responses(std::initializer_list<Spec> in_order);
    /// Returns a spec, a ResponseSpec or anything else that an Spec is made of.
    template <class Compute>
    requires std::invocable<Compute const&, Request const&> &&
        std::convertible_to<std::invoke_result_t<Compute const&, Request const&>, Spec>
        Responses(Compute compute)  // NOLINT(google-explicit-constructor)
        : is_(Function([compute = std::move(compute)](Request const& request) -> std::string {
              Spec const response = compute(request);
              return response.spec();
          })) {}

    /// These count requests apart; not with a function.
    Responses per_path() const { return with("per path"); }
    Responses per_connection() const { return with("per connection"); }
    Responses per_client() const { return with("per client"); }
    /// Behind the last the first follows.
    Responses starting_over() const { return with("*"); }

    /// The text as anchors have it; empty for a function.
    std::string text() const;
    /// nullptr for specs.
    Function const* function() const { return std::get_if<Function>(&is_); }

private:
    struct Text {
        std::string alternatives;
    };

    Responses with(std::string_view setting) const;

    std::variant<Text, Function> is_;
};

/// Of every `k` requests the last one gets `response`.
Responses every(std::uint32_t k, Spec const& response, Spec const& otherwise);
/// `probability` from 0 to 1, in steps of a millionth.
Responses chance(double probability, Spec const& response, Spec const& otherwise);

}  // namespace pathology::kit
