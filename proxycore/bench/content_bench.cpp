// What content codings cost, by the byte of decoded content.
#include <benchmark/benchmark.h>

#include <pathology/proxycore/content/charset.hpp>
#include <pathology/proxycore/content/decoder.hpp>
#include <pathology/proxycore/content/encoder.hpp>

namespace pathology::proxycore::content {
namespace {

std::string const& page() {
    static std::string const text = [] {
        std::string lines;
        for (int line = 0; lines.size() < (1U << 20U); ++line)
            lines += "<li class=\"item\"><a href=\"/item/" + std::to_string(line * 7919) + "\">Item</a></li>\n";
        return lines;
    }();
    return text;
}

void count_bytes(benchmark::State& state) {
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(page().size()));
}

void BM_Decode(benchmark::State& state, std::string_view encoding) {
    auto const coded = *encode(page(), encoding);
    for (auto _ : state) benchmark::DoNotOptimize(decode(coded, encoding));
    count_bytes(state);
}
BENCHMARK_CAPTURE(BM_Decode, gzip, "gzip");
BENCHMARK_CAPTURE(BM_Decode, br, "br");
BENCHMARK_CAPTURE(BM_Decode, zstd, "zstd");

void BM_Encode(benchmark::State& state, std::string_view encoding) {
    for (auto _ : state) benchmark::DoNotOptimize(encode(page(), encoding));
    count_bytes(state);
}
BENCHMARK_CAPTURE(BM_Encode, gzip, "gzip");
BENCHMARK_CAPTURE(BM_Encode, br, "br");
BENCHMARK_CAPTURE(BM_Encode, zstd, "zstd");

void BM_Text(benchmark::State& state, char const* charset) {
    for (auto _ : state) benchmark::DoNotOptimize(decode_text(page(), charset));
    count_bytes(state);
}
BENCHMARK_CAPTURE(BM_Text, utf8, "utf-8");
BENCHMARK_CAPTURE(BM_Text, latin1, "iso-8859-1");

}  // namespace
}  // namespace pathology::proxycore::content
