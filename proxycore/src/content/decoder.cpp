#include <pathology/proxycore/content/decoder.hpp>

#include <optional>

#include "pipeline.hpp"

namespace pathology::proxycore::content {
namespace {

std::unique_ptr<Stage> make_decoder(Coding coding) {
    switch (coding) {
        case Coding::gzip:
        case Coding::deflate: return make_inflater(coding);
        case Coding::br: return make_brotli_decoder();
        case Coding::zstd: return make_zstd_decoder();
        case Coding::identity: break;
    }
    return nullptr;
}

std::vector<Section> make_sections(std::vector<Coding> const& codings, std::uint64_t limit) {
    std::vector<Section> sections;
    for (auto coding = codings.rbegin(); coding != codings.rend(); ++coding)
        if (auto stage = make_decoder(*coding)) sections.push_back({*coding, std::move(stage), limit});
    return sections;
}

}  // namespace

struct Decoder::State {
    Pipeline pipeline;
    std::optional<Failure> failure;

    Result<void> keep(Result<void> outcome) {
        if (outcome.has_error()) failure = outcome.error();
        return outcome;
    }
};

Decoder::Decoder(std::vector<Coding> const& codings, std::uint64_t limit)
    : state_(new State{Pipeline(make_sections(codings, limit), limit), {}}) {}
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

}  // namespace pathology::proxycore::content
