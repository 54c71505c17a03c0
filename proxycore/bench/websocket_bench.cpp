// What a WebSocket message costs: masking, judging UTF-8, reading, and an echo from bytes to bytes.
#include <benchmark/benchmark.h>

#include <pathology/proxycore/websocket/session.hpp>

#include "websocket/utf8.hpp"

namespace pathology::proxycore::websocket {
namespace {

constexpr MaskingKey key{std::byte{0x37}, std::byte{0xfa}, std::byte{0x21}, std::byte{0x3d}};

std::string text_of(std::size_t size, std::string_view word) {
    std::string text;
    while (text.size() + word.size() <= size) text += word;
    return text.append(size - text.size(), '.');
}

void count_bytes(benchmark::State& state, std::size_t each) {
    state.SetItemsProcessed(state.iterations());
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(each));
}

void BM_ApplyMask(benchmark::State& state) {
    std::string payload(static_cast<std::size_t>(state.range(0)), 'x');
    for (auto _ : state) {
        apply_mask(payload, key, 1);
        benchmark::DoNotOptimize(payload.data());
        benchmark::ClobberMemory();
    }
    count_bytes(state, payload.size());
}
BENCHMARK(BM_ApplyMask)->Arg(16)->Arg(125)->Arg(4096)->Arg(65536);

void BM_Utf8(benchmark::State& state, std::string_view word) {
    auto const text = text_of(65536, word);
    for (auto _ : state) benchmark::DoNotOptimize(is_utf8(text));
    count_bytes(state, text.size());
}
BENCHMARK_CAPTURE(BM_Utf8, ascii, "the quick brown fox ");
BENCHMARK_CAPTURE(BM_Utf8, german, "schöne Grüße aus München ");
BENCHMARK_CAPTURE(BM_Utf8, greek, "κόσμε ");

std::string client_frame(bool is_text, std::string_view payload, SessionSettings settings) {
    settings.role = Role::client;
    settings.masking_key = [] { return key; };
    Session client(settings);
    client.send({is_text, payload});
    return std::string(client.outgoing());
}

void echo(benchmark::State& state, SessionSettings const& settings) {
    auto const payload = text_of(static_cast<std::size_t>(state.range(0)), "the quick brown fox ");
    auto const wire = client_frame(true, payload, settings);
    Session server(settings);
    for (auto _ : state) {
        server.feed(wire);
        auto const event = server.next();
        server.send(std::get<Message>(**event));
        benchmark::DoNotOptimize(server.outgoing().data());
        server.clear_outgoing();
    }
    count_bytes(state, payload.size());
}

void BM_Echo(benchmark::State& state) { echo(state, {}); }
BENCHMARK(BM_Echo)->Arg(16)->Arg(125)->Arg(1024)->Arg(65536);

void BM_EchoDeflated(benchmark::State& state) {
    SessionSettings settings;
    settings.deflate = DeflateParameters{.server_no_context_takeover = true, .client_no_context_takeover = true};
    echo(state, settings);
}
BENCHMARK(BM_EchoDeflated)->Arg(125)->Arg(1024)->Arg(65536);

}  // namespace
}  // namespace pathology::proxycore::websocket
