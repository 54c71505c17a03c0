// Any first bytes of a client: a ClientHello, an error, or a wish for more, and the same for every cut.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <pathology/proxycore/tls/client_hello.hpp>
#include <string_view>

namespace {

using namespace pathology::proxycore::tls;

struct Outcome {
    bool is_read = false, is_failed = false;
    ClientHello hello;
};

Outcome read(std::string_view bytes, std::size_t piece) {
    ClientHelloReader reader;
    while (!bytes.empty()) {
        auto const fed = reader.feed(bytes.substr(0, piece));
        if (!fed) return {false, true, {}};
        if (*fed) return {true, false, **fed};
        bytes.remove_prefix(std::min(piece, bytes.size()));
    }
    return {};
}

bool same(Outcome const& a, Outcome const& b) {
    return a.is_read == b.is_read && a.is_failed == b.is_failed && a.hello.sni == b.hello.sni &&
           a.hello.alpn == b.hello.alpn && a.hello.versions == b.hello.versions && a.hello.ciphers == b.hello.ciphers;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const bytes(reinterpret_cast<char const*>(data), size);
    if (same(read(bytes, size), read(bytes, 1 + size % 7))) return 0;
    std::fprintf(stderr, "read otherwise when cut in pieces of %zu\n", 1 + size % 7);
    std::abort();
}
