// What reading a request costs on a warm connection.
#include <benchmark/benchmark.h>

#include <pathology/proxycore/http1/reader.hpp>

namespace pathology::proxycore::http1 {
namespace {

constexpr std::string_view load_generator = "GET / HTTP/1.1\r\nHost: 127.0.0.1:9999\r\n\r\n";

constexpr std::string_view browser =
    "GET /articles/2024/index.html?page=2 HTTP/1.1\r\n"
    "Host: www.example.com\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
    "Accept-Language: en-US,en;q=0.5\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Referer: https://www.example.com/articles/\r\n"
    "Connection: keep-alive\r\n"
    "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\n"
    "Upgrade-Insecure-Requests: 1\r\n"
    "Sec-Fetch-Dest: document\r\n"
    "Sec-Fetch-Mode: navigate\r\n"
    "Sec-Fetch-Site: same-origin\r\n"
    "Priority: u=0, i\r\n\r\n";

void read_requests(benchmark::State& state, std::string_view wire, Leniency const& leniency) {
    RequestReader reader({}, leniency);
    for (auto _ : state) {
        reader.feed(wire);
        benchmark::DoNotOptimize(reader.next().value());
        benchmark::DoNotOptimize(reader.next().value());
    }
    state.SetItemsProcessed(state.iterations());
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(wire.size()));
}

void BM_ReadRequest(benchmark::State& state, std::string_view wire) { read_requests(state, wire, {}); }
void BM_ReadRequestLenient(benchmark::State& state, std::string_view wire) {
    read_requests(state, wire, Leniency::all());
}

BENCHMARK_CAPTURE(BM_ReadRequest, load_generator, load_generator);
BENCHMARK_CAPTURE(BM_ReadRequest, browser, browser);
BENCHMARK_CAPTURE(BM_ReadRequestLenient, load_generator, load_generator);
BENCHMARK_CAPTURE(BM_ReadRequestLenient, browser, browser);

}  // namespace
}  // namespace pathology::proxycore::http1
