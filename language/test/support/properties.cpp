#include "support/properties.hpp"

#include <pathology/language/plan.hpp>
#include <pathology/language/print.hpp>
#include <sstream>

#include "support/play.hpp"

namespace pathology::language::test {
namespace {

constexpr std::uint64_t max_played = 1U << 20U;

std::string text(Played const& played) {
    std::ostringstream out;
    PrintTo(played, &out);
    return out.str();
}

std::string check_print(Message const& message, Setting const& setting) {
    auto const printed = print_with_times(message);
    auto const again = setting.parse(printed);
    if (again.has_error()) return "printed text does not parse:\n" + describe(again.error(), printed);
    if (again->size() != 1 || again->front() != message) return "printed text says something else: " + printed;
    return {};
}

/// The message as if it were the only one of its spec.
Message without_group(Message message) {
    std::erase_if(features(message), [](Feature const& part) { return std::holds_alternative<GroupEnd>(part.is); });
    if (auto* response = std::get_if<Response>(&message)) response->is_interim = false;
    return message;
}

bool has_nested(Message const& message) {
    return find<NestedResponse>(features(message)) != nullptr || find<NestedFrame>(features(message)) != nullptr;
}

std::string check_blocks(Plan const& plan, Played const& whole, std::uint64_t seed) {
    if (!whole.error.empty()) return "playing failed: " + whole.error;
    if (!plan.disconnects && whole.bytes.size() != plan.length) return "the plan has another length than what is sent";
    if (whole.disconnected != plan.disconnects) return "the plan and its playing end in different ways";
    for (std::size_t const block : {1, 5, 4096}) {
        if (whole.bytes.size() / block > 4000) continue;
        if (play(plan, seed, block) != whole) return "blocks of " + std::to_string(block) + " send other bytes";
    }
    return {};
}

bool waits_alike(Message const& a, Message const& b) {
    auto const *wait = find<WaitFor>(features(a)), *other = find<WaitFor>(features(b));
    return wait == nullptr || other == nullptr ? wait == other : *wait == *other;
}

/// A place in the request says when a message is sent, and nothing about its bytes.
std::string check_wait(Message message, Played const& played, Setting const& setting, std::uint64_t seed) {
    auto const waits = [](Feature const& part) { return std::holds_alternative<WaitFor>(part.is); };
    if (std::erase_if(features(message), waits) == 0) return {};
    Rng rng(seed);
    auto const resolved = resolve(message, setting.settings, rng);
    if (resolved.has_error())
        return "without its place in the request it does not resolve: " + resolved.error().message;
    auto const plan = make_plan(*resolved, setting.settings);
    if (plan.has_error() || play(*plan, seed) != played) return "without its place in the request it sends other bytes";
    return {};
}

std::string check_frozen(Message const& resolved, Played const& played, Setting const& setting, std::uint64_t seed) {
    auto const frozen = freeze(resolved, setting.settings, seed);
    bool const may_be_too_large = has_nested(resolved);  // of the message itself, the size was checked
    if (frozen.has_error() && frozen.error().code == SpecErrc::too_large && may_be_too_large) return {};
    if (frozen.has_error()) return "cannot freeze: " + frozen.error().message;
    if (has_generated_data(*frozen)) return "a frozen message still generates";
    if (!waits_alike(*frozen, resolved)) return "a frozen message waits for another place: " + print(*frozen);
    auto const frozen_text = print(*frozen);
    auto const parsed = setting.parse(frozen_text);
    if (parsed.has_error()) return "frozen text does not parse:\n" + describe(parsed.error(), frozen_text);
    if (parsed->size() != 1 || parsed->front() != *frozen) return "frozen text says something else: " + frozen_text;
    Rng rng(seed + 1);
    auto const again = resolve(parsed->front(), setting.settings, rng);
    if (again.has_error() || print(*again) != frozen_text) return "frozen text leaves something to resolve";
    auto const explained_again = freeze(*again, setting.settings, seed + 3);
    if (explained_again.has_error() || print(*explained_again) != frozen_text)
        return "frozen text does not freeze to itself: " + frozen_text;
    auto const frozen_plan = make_plan(*frozen, setting.settings);
    auto const again_plan = make_plan(*again, setting.settings);
    if (frozen_plan.has_error() || again_plan.has_error()) return "a frozen message has no plan: " + frozen_text;
    auto const replayed = play(*again_plan, seed + 2);
    if (replayed != play(*frozen_plan, seed)) return "frozen text replays other bytes: " + frozen_text;
    if (!has_nested(resolved) && replayed != played) {  // a nested spec is sent in its frozen spelling
        return "frozen: " + text(replayed) + "\nfirst: " + text(played);
    }
    return {};
}

}  // namespace

std::string broken_failure(SpecFailure const& failure, std::string_view text) {
    if (failure.message.empty()) return "a failure has no message";
    if (failure.message.size() > max_sentence) return "a failure has a long message: " + failure.message;
    if (failure.hint.size() > max_sentence) return "a failure has a long hint: " + failure.hint;
    if (failure.span.begin > text.size() || failure.span.end > text.size()) return "a failure stands behind the text";
    if (describe(failure, text).size() > max_description) return "a failure has a long description";
    return {};
}

Parsed<std::vector<Message>> parse_as_response(std::string_view spec) { return parse_responses(spec); }

Parsed<std::vector<Message>> parse_as_requests(std::string_view spec) { return parse_requests(spec); }

Parsed<std::vector<Message>> parse_as_frames(std::string_view spec) { return parse_frames(spec); }

Parsed<std::vector<Message>> parse_as_http2_responses(std::string_view spec) { return parse_http2_responses(spec); }

Parsed<std::vector<Message>> parse_as_http2_requests(std::string_view spec) { return parse_http2_requests(spec); }

Setting response_setting() {
    Settings settings;
    settings.websocket_key = "dGhlIHNhbXBsZSBub25jZQ==";
    return {"response", parse_as_response, settings};
}

Setting client_setting() {
    Settings settings;
    settings.role = Role::client;
    settings.request_host = "example.com";
    return {"requests", parse_as_requests, settings};
}

Setting session_setting() { return {"frames", parse_as_frames, Settings{}}; }

Setting http2_response_setting() {
    Settings settings;
    settings.protocol = Protocol::http2;
    settings.http2.stream = 3;
    return {"HTTP/2 responses", parse_as_http2_responses, settings};
}

Setting http2_client_setting() {
    auto setting = client_setting();
    setting.name = "HTTP/2 requests";
    setting.parse = parse_as_http2_requests;
    setting.settings.protocol = Protocol::http2;
    return setting;
}

std::string broken_property(Message const& message, Setting const& setting, std::uint64_t seed) {
    if (auto broken = check_print(message, setting); !broken.empty()) return broken;
    Rng rng(seed);
    auto const resolved = resolve(message, setting.settings, rng);
    if (resolved.has_error()) return resolved.error().message.empty() ? "a failure has no message" : "";
    auto const twice = resolve(*resolved, setting.settings, rng);
    if (twice.has_error() || *twice != *resolved) return "resolving twice changes something: " + print(*resolved);
    if (!waits_alike(*resolved, message)) return "a resolved message waits for another place: " + print(*resolved);
    auto const plan = make_plan(*resolved, setting.settings);
    if (plan.has_error() && plan.error().code == SpecErrc::file_access) return {};
    if (plan.has_error()) return "resolved, but without a plan: " + plan.error().message;
    auto const length = base_length(*resolved, setting.settings);
    if (length.has_error() || *length != plan->base_length) return "measured and planned lengths differ";
    if (plan->length > max_played) return {};
    auto const played = play(*plan, seed);
    if (auto broken = check_blocks(*plan, played, seed); !broken.empty()) return broken;
    if (auto broken = check_wait(message, played, setting, seed); !broken.empty()) return broken;
    return check_frozen(*resolved, played, setting, seed);
}

std::string broken_property(std::string_view spec, Setting const& setting, std::uint64_t seed) {
    auto const messages = setting.parse(spec);
    if (messages.has_error()) return broken_failure(messages.error(), spec);
    auto const printed = print(*messages);
    auto const again = setting.parse(printed);
    if (again.has_error()) return "printed messages do not parse:\n" + describe(again.error(), printed);
    if (*again != *messages) return "printed messages say something else: " + printed;
    for (auto message : *messages) {
        message = without_group(std::move(message));
        if (auto broken = broken_property(message, setting, seed); !broken.empty()) return broken;
    }
    return {};
}

}  // namespace pathology::language::test
