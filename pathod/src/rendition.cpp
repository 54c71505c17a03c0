#include "rendition.hpp"

#include <algorithm>
#include <pathology/language/print.hpp>
#include <pathology/language/resolve.hpp>

namespace pathology::pathod {
namespace {

using namespace language;

constexpr std::uint64_t stream_of_offsets = ~0ULL;  // apart from those of the generated values, which count from 0
constexpr std::size_t most_kept_body = 1024;

/// Takes the body out, and the bytes that were to be injected into it. What else happens there happens at the end.
Parsed<void> remove_body(Message& resolved, Settings const& settings) {
    if (!std::holds_alternative<Response>(resolved)) return {};
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

proxycore::record::RecordedResponse record_of(Message const& resolved) {
    proxycore::record::RecordedResponse record;
    auto const& parts = features(resolved);
    if (auto const* response = std::get_if<Response>(&resolved)) {
        record.status_code = response->code.value_or(response->websocket ? "101" : "");
    }
    if (auto const* reason = find<Reason>(parts)) record.reason = text_of(reason->value);
    if (auto const* body = find<Body>(parts)) keep_body(record, body->value);
    record.disconnect = find<DisconnectAt>(parts) != nullptr;
    record.spec = print(resolved);
    return record;
}

}  // namespace

Parsed<Rendition> render(Message const& message, Settings const& settings, RenderOptions options, std::uint64_t seed) {
    Rng offsets(derive_seed(seed, stream_of_offsets));
    auto resolved = resolve(message, settings, offsets);
    if (!resolved) return resolved.error();
    if (options.without_body) {
        if (auto const removed = remove_body(*resolved, settings); !removed) return removed.error();
    }
    Rendition result;
    result.is_random = resolves_randomly(message, settings) || has_generated_data(*resolved);
    if (options.explain) {
        auto frozen = freeze(*resolved, settings, seed);
        if (frozen) resolved = std::move(frozen);
        if (!frozen && frozen.error().code != SpecErrc::too_large) return frozen.error();
        result.explained = print(*resolved);
        if (!frozen) result.explained += "  (too large to spell out; the seed replays it)";
    }
    auto plan = make_plan(*resolved, settings);
    if (!plan) return plan.error();
    result.plan = std::move(*plan);
    result.record = record_of(*resolved);
    return result;
}

}  // namespace pathology::pathod
