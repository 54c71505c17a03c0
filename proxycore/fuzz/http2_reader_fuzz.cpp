// Any bytes, read as frames and as field blocks: the two ways to follow frames agree, and no block breaks the decoder.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <pathology/proxycore/http2/frame_reader.hpp>
#include <pathology/proxycore/http2/frame_scanner.hpp>
#include <pathology/proxycore/http2/header_decoder.hpp>
#include <string_view>

namespace http2 = pathology::proxycore::http2;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view bytes(reinterpret_cast<char const*>(data), size);
    http2::HeaderDecoder decoder(4096, 1024);
    http2::FrameReader reader(1024);
    http2::FrameScanner scanner;
    std::size_t seen = 0;
    reader.feed(bytes);
    for (auto frame = reader.next(); frame.has_value() && frame->has_value(); frame = reader.next()) {
        auto const& [header, payload] = **frame;
        if (scanner.advance(bytes.substr(seen)).header != header) std::abort();
        if (header.length > 0 && scanner.advance(payload).size != payload.size()) std::abort();
        if (!scanner.is_at_boundary()) std::abort();
        seen += http2::FrameHeader::size + payload.size();
        auto const section = decoder.decode(payload);
        if (section.has_error()) decoder = http2::HeaderDecoder(4096, 1024);
        if (section.has_value() && section->size <= 1024 && section->is_cut) std::abort();
    }
    if (bytes.size() - seen != reader.buffered().size()) std::abort();
    return 0;
}
