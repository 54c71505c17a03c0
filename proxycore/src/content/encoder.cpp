#include <pathology/proxycore/content/encoder.hpp>

#include <limits>

#include "pipeline.hpp"

namespace pathology::proxycore::content {
namespace {

constexpr auto no_limit = std::numeric_limits<std::uint64_t>::max();

std::unique_ptr<Stage> make_encoder(Coding coding) {
    switch (coding) {
        case Coding::gzip:
        case Coding::deflate: return make_deflater(coding);
        case Coding::br: return make_brotli_encoder();
        case Coding::zstd: return make_zstd_encoder();
        case Coding::identity: break;
    }
    return nullptr;
}

std::vector<Section> make_sections(std::vector<Coding> const& codings) {
    std::vector<Section> sections;
    for (auto const coding : codings)
        if (auto stage = make_encoder(coding)) sections.push_back({coding, std::move(stage), no_limit});
    return sections;
}

}  // namespace

struct Encoder::State {
    Pipeline pipeline;
};

Encoder::Encoder(std::vector<Coding> const& codings) : state_(new State{Pipeline(make_sections(codings), no_limit)}) {}
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
