#include "rendered_response.hpp"

#include <pathology/language/craft.hpp>
#include <pathology/language/print.hpp>
#include <pathology/language/resolve.hpp>
#include <pathology/language/rng.hpp>

namespace pathology::pathod {
namespace {

using namespace language;

// Distinct from the streams of generated values inside a message, which count from 0.
constexpr std::uint64_t stream_of_items = 1ULL << 63U;
constexpr std::size_t max_kept_body = 1024;

void keep_body(proxycore::record::RecordedResponse& record, Value const& value) {
    record.body.emplace();
    if (auto const* literal = std::get_if<Literal>(&value)) {
        record.body->assign(literal->bytes, 0, max_kept_body);
        record.body_size = literal->bytes.size();
    } else if (auto const* generated = std::get_if<Generated>(&value)) {
        record.body_size = generated->size();
    }
}

/// Adds a message of the response to the record. The first response has status and headers.
void add_to(proxycore::record::RecordedResponse& record, Message const& resolved, Message const& given,
            Protocol protocol) {
    auto const& parts = features(resolved);
    auto const* response = std::get_if<Response>(&resolved);
    if (response != nullptr && record.status_code.empty()) record_head(*response, protocol, record);
    auto const* body = find<Body>(parts);
    if (body != nullptr && !record.body) keep_body(record, body->value);
    record.disconnect = record.disconnect || find<DisconnectAt>(parts) != nullptr;
    record.spec += (record.spec.empty() ? "" : " ") + print_repeated(resolved, features(given));
}

/// The text of a message for --explain.
std::string explained(Crafted const& crafted, Message const& given) {
    auto text = print_repeated(crafted.message, features(given));
    return crafted.is_frozen ? text : text.append(too_large_note);
}

/// Adds a message to the plans.
void add_plan(RenderedResponse& rendered, Crafted crafted, std::uint64_t times, Protocol protocol) {
    if (protocol == Protocol::http1) {
        rendered.plan = std::move(crafted.plan);
        rendered.times = times;
        return;
    }
    // Raw frames are sent as they are, even if they violate flow control: that is what they are for.
    bool const obeys_windows = std::holds_alternative<Response>(crafted.message);
    rendered.http2.push_back({std::move(crafted.plan), std::move(crafted.http2_parts), times, obeys_windows});
    rendered.record.version = "HTTP/2.0";
}

}  // namespace

std::uint64_t RenderedResponse::length() const {
    std::uint64_t all = 0;
    auto const add = [&all](std::uint64_t length, std::uint64_t count) {
        std::uint64_t repeated = 0;
        // A response that is too long to be counted exceeds every limit.
        if (__builtin_mul_overflow(length, count, &repeated) || __builtin_add_overflow(all, repeated, &all)) {
            all = UINT64_MAX;
            return false;
        }
        return true;
    };
    if (!add(plan.length, times)) return all;
    for (auto const& each : http2) {
        if (!add(each.plan.length, each.times)) break;
    }
    return all;
}

Http2Parts const* RenderedResponse::parts() const {
    if (http2.size() != 1 || http2.front().times != 1 || !http2.front().parts) return nullptr;
    return &*http2.front().parts;
}

std::uint64_t seed_of_item(std::uint64_t seed, std::size_t index) {
    // The first item has the seed of the exchange: a single message gives the same bytes as in HTTP/1.
    return index == 0 ? seed : derive_seed(seed, stream_of_items + index);
}

Parsed<RenderedResponse> render(std::span<Message const> messages, Settings const& settings, RenderOptions options,
                                std::uint64_t seed) {
    CraftOptions const how{options.explain ? Freezing::where_it_fits : Freezing::none, options.without_body};
    RenderedResponse rendered;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        auto crafted = craft(messages[i], settings, seed_of_item(seed, i), how);
        if (!crafted) return crafted.error();
        rendered.is_random = rendered.is_random || crafted->is_random;
        if (options.explain) rendered.explained += (i == 0 ? "" : " ") + explained(*crafted, messages[i]);
        add_to(rendered.record, crafted->message, messages[i], settings.protocol);
        add_plan(rendered, std::move(*crafted), times(messages[i]), settings.protocol);
    }
    return rendered;
}

Parsed<RenderedResponse> render(Message const& message, Settings const& settings, RenderOptions options,
                                std::uint64_t seed) {
    return render(std::span(&message, 1), settings, options, seed);
}

}  // namespace pathology::pathod
