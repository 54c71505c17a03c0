#include "rendition.hpp"

#include <algorithm>
#include <pathology/language/print.hpp>
#include <pathology/language/resolve.hpp>
#include <pathology/proxycore/http/fields.hpp>

namespace pathology::pathod {
namespace {

using namespace language;

// Apart from those of the generated values, which count from 0.
constexpr std::uint64_t stream_of_offsets = ~0ULL;
constexpr std::uint64_t stream_of_items = 1ULL << 63U;
constexpr std::size_t most_kept_body = 1024;

bool is_action(Feature const& part) {
    return std::holds_alternative<PauseAt>(part.is) || std::holds_alternative<DisconnectAt>(part.is) ||
           std::holds_alternative<InjectAt>(part.is);
}

bool is_content_length(Feature const& part) {
    auto const* header = std::get_if<Header>(&part.is);
    auto const* name = header != nullptr ? std::get_if<Literal>(&header->name) : nullptr;
    return name != nullptr && proxycore::http::equals_ignoring_case(name->bytes, "content-length");
}

/// Says how long the body is that is going to be taken out. By HTTP/1 resolve() did; by HTTP/2 it is left to the plan.
Parsed<void> announce_body(Message& resolved, Settings const& settings) {
    auto& parts = features(resolved);
    bool const is_said = std::any_of(parts.begin(), parts.end(), is_content_length) || find<Raw>(parts) != nullptr;
    if (settings.protocol == Protocol::http1 || is_said) return {};
    auto plain = resolved;
    std::erase_if(features(plain), is_action);
    auto const plan = make_http2_plan(plain, settings);
    if (!plan) return plan.error();
    if (!plan->parts) return {};
    auto length = std::to_string(plan->parts->body.length);
    parts.emplace_back(Header{Literal{"content-length"}, Literal{std::move(length)}});
    return {};
}

/// Takes the body out, and the bytes that were to be injected into it. What else happens there happens at the end.
Parsed<void> remove_body(Message& resolved, Settings const& settings) {
    if (!std::holds_alternative<Response>(resolved)) return {};
    if (auto const announced = announce_body(resolved, settings); !announced) return announced.error();
    auto& parts = features(resolved);
    std::erase_if(parts, [](Feature const& part) { return std::holds_alternative<Body>(part.is); });
    auto const head = base_length(resolved, settings);
    if (!head) return head.error();
    std::erase_if(parts, [&](Feature const& part) {
        auto const* injection = std::get_if<InjectAt>(&part.is);
        return injection != nullptr && injection->at.number > *head;
    });
    return {};
}

std::string text_of(Value const& value) {
    auto const* literal = std::get_if<Literal>(&value);
    return literal != nullptr ? literal->bytes : print(value);
}

void keep_body(proxycore::record::RecordedResponse& record, Value const& value) {
    record.body.emplace();
    if (auto const* literal = std::get_if<Literal>(&value)) {
        record.body->assign(literal->bytes, 0, most_kept_body);
        record.body_size = literal->bytes.size();
    } else if (auto const* generated = std::get_if<Generated>(&value)) {
        record.body_size = generated->size();
    }
}

/// Notes what a message of the answer is; those after the first add to it.
void add_to(proxycore::record::RecordedResponse& record, Message const& resolved) {
    auto const& parts = features(resolved);
    if (auto const* response = std::get_if<Response>(&resolved); response != nullptr && record.status_code.empty()) {
        record.status_code = response->code.value_or(response->websocket ? "101" : "");
    }
    auto const* reason = find<Reason>(parts);
    if (reason != nullptr && !record.reason) record.reason = text_of(reason->value);
    auto const* body = find<Body>(parts);
    if (body != nullptr && !record.body) keep_body(record, body->value);
    record.disconnect = record.disconnect || find<DisconnectAt>(parts) != nullptr;
    record.spec += (record.spec.empty() ? "" : " ") + print(resolved);
}

class Renderer {
public:
    Renderer(Settings const& settings, RenderOptions options) : settings_(settings), options_(options) {}

    Parsed<void> add(Message const& message, std::uint64_t seed) {
        Rng offsets(derive_seed(seed, stream_of_offsets));
        auto resolved = resolve(message, settings_, offsets);
        if (!resolved) return resolved.error();
        if (options_.without_body) {
            if (auto const removed = remove_body(*resolved, settings_); !removed) return removed.error();
        }
        result_.is_random = result_.is_random || resolves_randomly(message, settings_) || has_generated_data(*resolved);
        if (options_.explain) {
            if (auto const explained = explain(*resolved, seed); !explained) return explained.error();
        }
        if (auto const planned = plan(*resolved, times(message)); !planned) return planned.error();
        add_to(result_.record, *resolved);
        return {};
    }

    Rendition take() { return std::move(result_); }

private:
    Parsed<void> explain(Message& resolved, std::uint64_t seed) {
        auto frozen = freeze(resolved, settings_, seed);
        if (!frozen && frozen.error().code != SpecErrc::too_large) return frozen.error();
        if (frozen) resolved = *frozen;
        auto& text = result_.explained;
        text += (text.empty() ? "" : " ") + print(resolved);
        if (!frozen) text += "  (too large to spell out; the seed replays it)";
        return {};
    }

    Parsed<void> plan(Message const& resolved, std::uint64_t times) {
        if (settings_.protocol == Protocol::http2) {
            auto plan = make_http2_plan(resolved, settings_);
            if (!plan) return plan.error();
            result_.http2.push_back({std::move(*plan), times, std::holds_alternative<Response>(resolved)});
            result_.record.version = "HTTP/2.0";
            return {};
        }
        auto plan = make_plan(resolved, settings_);
        if (!plan) return plan.error();
        result_.plan = std::move(*plan);
        return {};
    }

    Settings const& settings_;
    RenderOptions options_;
    Rendition result_;
};

}  // namespace

std::uint64_t Rendition::length() const {
    auto all = plan.length;
    for (auto const& each : http2) all += each.plan.whole.length * each.times;
    return all;
}

Http2Parts const* Rendition::parts() const {
    if (http2.size() != 1 || http2.front().times != 1 || !http2.front().plan.parts) return nullptr;
    return &*http2.front().plan.parts;
}

std::uint64_t seed_of_item(std::uint64_t seed, std::size_t index) {
    return index == 0 ? seed : derive_seed(seed, stream_of_items + index);
}

Parsed<Rendition> render(std::span<Message const> messages, Settings const& settings, RenderOptions options,
                         std::uint64_t seed) {
    Renderer renderer(settings, options);
    for (std::size_t i = 0; i < messages.size(); ++i) {
        if (auto const added = renderer.add(messages[i], seed_of_item(seed, i)); !added) return added.error();
    }
    return renderer.take();
}

Parsed<Rendition> render(Message const& message, Settings const& settings, RenderOptions options, std::uint64_t seed) {
    return render(std::span(&message, 1), settings, options, seed);
}

}  // namespace pathology::pathod
