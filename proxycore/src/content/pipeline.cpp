// Codings in sequence: each gets the output of the one before, block by block.
//
//     feed() ─▶ section ─▶ section ─▶ … ─▶ out
//               room       room                 bytes that each may still produce
//
// Each stage calls the sink of the next one with blocks of bounded size, so memory does not depend on the ratio of the
// compression. The limit counts for each section: gzip inside gzip may expand a thousand times a thousand times, and
// the first section already stops that.
#include <algorithm>
#include <limits>
#include <optional>
#include <pathology/proxycore/content/decoder.hpp>
#include <pathology/proxycore/content/encoder.hpp>
#include <string>
#include <utility>
#include <vector>

#include "content/stage.hpp"

namespace pathology::proxycore::content {
namespace {

constexpr auto no_limit = std::numeric_limits<std::uint64_t>::max();

/// A coding in the sequence.
struct Section {
    Coding coding;
    std::unique_ptr<Stage> stage;
    std::uint64_t room;  ///< bytes of output that it may still produce
};

class Pipeline {
public:
    explicit Pipeline(std::vector<Section> sections, std::uint64_t limit)
        : sections_(std::move(sections)), limit_(limit) {}

    Result<void> feed(std::string_view piece, std::string& out) { return feed_from(0, piece, out); }
    Result<void> finish(std::string& out);

private:
    Result<void> feed_from(std::size_t index, std::string_view piece, std::string& out);
    /// Receives the output of section `index`.
    Sink sink_after(std::size_t index, std::string& out);

    std::vector<Section> sections_;
    std::uint64_t limit_;
};

Result<void> Pipeline::feed_from(std::size_t index, std::string_view piece, std::string& out) {
    if (index == sections_.size()) {
        out.append(piece);
        return {};
    }
    return sections_[index].stage->feed(piece, sink_after(index, out));
}

Result<void> Pipeline::finish(std::string& out) {
    // In order: the rest of one section is input of the next.
    for (std::size_t index = 0; index < sections_.size(); ++index)
        if (auto done = sections_[index].stage->finish(sink_after(index, out)); done.has_error()) return done;
    return {};
}

Sink Pipeline::sink_after(std::size_t index, std::string& out) {
    return [this, index, &out](std::string_view block) -> Result<void> {
        auto& [coding, stage, room] = sections_[index];
        auto const fits = static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), room));
        room -= fits;
        if (auto done = feed_from(index + 1, block.substr(0, fits), out); done.has_error()) return done;
        if (fits == block.size()) return {};
        std::string const name(to_string(coding));
        return Failure{
            {Errc::too_large, name + " content exceeds the limit of " + std::to_string(limit_) + " bytes when decoded"},
            name,
            limit_};
    };
}

std::vector<Section> make_decoders(std::vector<Coding> const& codings, std::uint64_t limit) {
    std::vector<Section> sections;
    // Content-Encoding lists codings in the order of application (RFC 9110 §8.4), so they are undone in reverse.
    for (auto coding = codings.rbegin(); coding != codings.rend(); ++coding)
        if (auto const* const definition = definition_of(*coding))
            sections.push_back({*coding, definition->make_decoder(), limit});
    return sections;
}

std::vector<Section> make_encoders(std::vector<Coding> const& codings) {
    std::vector<Section> sections;
    for (auto const coding : codings)
        if (auto const* const definition = definition_of(coding))
            sections.push_back({coding, definition->make_encoder(), no_limit});
    return sections;
}

}  // namespace

// --- decoding --------------------------------------------------------------------------------------------------------

struct Decoder::State {
    Pipeline pipeline;
    std::optional<Failure> failure;

    Result<void> keep(Result<void> outcome) {
        if (outcome.has_error()) failure = outcome.error();
        return outcome;
    }
};

Decoder::Decoder(std::vector<Coding> const& codings, std::uint64_t limit)
    : state_(new State{Pipeline(make_decoders(codings, limit), limit), {}}) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

Result<void> Decoder::feed(std::string_view piece, std::string& out) {
    if (state_->failure) return *state_->failure;
    return state_->keep(state_->pipeline.feed(piece, out));
}

Result<void> Decoder::finish(std::string& out) {
    if (state_->failure) return *state_->failure;
    return state_->keep(state_->pipeline.finish(out));
}

Result<std::string> decode(std::string_view content, std::string_view encoding, std::uint64_t limit) {
    auto const codings = parse_content_encoding(encoding);
    if (codings.has_error()) return codings.error();
    Decoder decoder(*codings, limit);
    std::string out;
    if (auto done = decoder.feed(content, out); done.has_error()) return done.error();
    if (auto done = decoder.finish(out); done.has_error()) return done.error();
    return out;
}

// --- encoding --------------------------------------------------------------------------------------------------------

struct Encoder::State {
    Pipeline pipeline;
};

Encoder::Encoder(std::vector<Coding> const& codings) : state_(new State{Pipeline(make_encoders(codings), no_limit)}) {}
Encoder::~Encoder() = default;
Encoder::Encoder(Encoder&&) noexcept = default;
Encoder& Encoder::operator=(Encoder&&) noexcept = default;

void Encoder::feed(std::string_view piece, std::string& out) { state_->pipeline.feed(piece, out).value(); }
void Encoder::finish(std::string& out) { state_->pipeline.finish(out).value(); }

Result<std::string> encode(std::string_view content, std::string_view encoding) {
    auto const codings = parse_content_encoding(encoding);
    if (codings.has_error()) return codings.error();
    Encoder encoder(*codings);
    std::string out;
    encoder.feed(content, out);
    encoder.finish(out);
    return out;
}

}  // namespace pathology::proxycore::content
