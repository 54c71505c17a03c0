#include "rendered_response.hpp"

#include <algorithm>
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

/// Adds a body, or a chunk that is sent `count` times. Of generated data only the size is kept.
void add_content(proxycore::record::RecordedResponse& record, Value const& value, std::uint64_t count) {
    if (!record.body) record.body.emplace();
    if (auto const* literal = std::get_if<Literal>(&value)) {
        record.body_size += literal->bytes.size() * count;
        for (; count > 0 && !literal->bytes.empty() && record.body->size() < max_kept_body; --count)
            record.body->append(literal->bytes, 0, max_kept_body - record.body->size());
    } else if (auto const* generated = std::get_if<Generated>(&value)) {
        record.body_size += generated->size() * count;
    }
}

/// Adds a message of the response to the record. The first response has status and headers.
void add_to(proxycore::record::RecordedResponse& record, Message const& resolved, Protocol protocol) {
    auto const& parts = features(resolved);
    auto const* response = std::get_if<Response>(&resolved);
    if (response != nullptr && record.status_code.empty()) record_head(*response, protocol, record);
    for (auto const& part : parts) {
        if (auto const* body = std::get_if<Body>(&part.is)) add_content(record, body->value, 1);
        if (auto const* chunk = std::get_if<Chunk>(&part.is)) add_content(record, chunk->data, chunk->count);
    }
    record.disconnect = record.disconnect || find<DisconnectAt>(parts) != nullptr;
}

/// The text of a message for --explain.
std::string explained(Crafted const& crafted, Message const& given) {
    auto text = print_repeated(crafted.message, features(given));
    return crafted.is_frozen ? text : text.append(too_large_note);
}

/// Adds a message to those that are sent.
void add_message(RenderedResponse& rendered, Crafted crafted, Message const& given) {
    RenderedMessage message{.plan = std::move(crafted.plan), .parts = std::move(crafted.http2_parts), .wait = {}};
    // Raw frames are sent as they are, even if they violate flow control: that is what they are for.
    message.obeys_windows = std::holds_alternative<Response>(crafted.message);
    if (auto const* wait = find<WaitFor>(features(given))) message.wait = *wait;
    rendered.messages.push_back(std::move(message));
    rendered.repetitions.push_back(repetition(given));
}

}  // namespace

std::uint64_t RenderedResponse::length() const {
    // A response that is too long to be counted exceeds every limit.
    std::vector<Repetition> lengths = repetitions;
    for (std::size_t i = 0; i < lengths.size(); ++i) {
        if (__builtin_mul_overflow(lengths[i].times, messages[i].plan.length, &lengths[i].times)) return UINT64_MAX;
    }
    return count_messages(lengths).value_or(UINT64_MAX);
}

bool RenderedResponse::pauses() const {
    return std::any_of(messages.begin(), messages.end(), [](auto const& message) { return message.plan.pauses; });
}

RenderedMessage const* RenderedResponse::only_message() const {
    bool const is_one = messages.size() == 1 && repetitions.front().times == 1 && repetitions.front().group_count == 1;
    return is_one ? &messages.front() : nullptr;
}

Http2Parts const* RenderedResponse::parts() const {
    auto const* message = only_message();
    return message != nullptr && message->parts ? &*message->parts : nullptr;
}

std::uint64_t seed_of_item(std::uint64_t seed, std::size_t index) {
    // The first item has the seed of the exchange: a single message gives the same bytes as in HTTP/1.
    return index == 0 ? seed : derive_seed(seed, stream_of_items + index);
}

Parsed<RenderedResponse> render(std::span<Message const> messages, Settings const& settings, RenderOptions options,
                                std::uint64_t seed) {
    CraftOptions const how{options.explain ? Freezing::where_it_fits : Freezing::none, options.without_body};
    RenderedResponse rendered;
    if (settings.protocol == Protocol::http2) rendered.record.version = "HTTP/2.0";
    std::vector<std::string> texts, explanations;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        auto crafted = craft(messages[i], settings, seed_of_item(seed, i), how);
        if (!crafted) return crafted.error();
        rendered.is_random = rendered.is_random || crafted->is_random;
        if (options.explain) explanations.push_back(explained(*crafted, messages[i]));
        texts.push_back(print_repeated(crafted->message, features(messages[i])));
        add_to(rendered.record, crafted->message, settings.protocol);
        add_message(rendered, std::move(*crafted), messages[i]);
    }
    rendered.record.spec = print(messages, texts);
    if (options.explain) rendered.explained = print(messages, explanations);
    return rendered;
}

Parsed<RenderedResponse> render(Message const& message, Settings const& settings, RenderOptions options,
                                std::uint64_t seed) {
    return render(std::span(&message, 1), settings, options, seed);
}

}  // namespace pathology::pathod
