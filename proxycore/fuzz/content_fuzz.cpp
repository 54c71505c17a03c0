// Any bytes as content of any coding: whole and byte by byte they decode to the same, within the limit; what was
// encoded comes back. The first byte picks the codings.
#include <cstdint>
#include <pathology/proxycore/content/charset.hpp>
#include <pathology/proxycore/content/decoder.hpp>
#include <pathology/proxycore/content/encoder.hpp>

#include "demand.hpp"

namespace {

using namespace pathology::proxycore::content;
using pathology::proxycore::fuzz::demand;

constexpr std::uint64_t limit = 1U << 16U;
constexpr std::string_view encodings[] = {"gzip", "deflate", "br", "zstd", "gzip, br", "zstd, deflate", ""};
constexpr std::string_view charsets[] = {"utf-8", "gb18030", "euc-jp", "iso-8859-1", "utf-16le", "iso-2022-kr"};

std::string decode_in_steps(std::string_view bytes, std::string_view encoding, std::size_t step, bool& fails) {
    Decoder decoder(*parse_content_encoding(encoding), limit);
    std::string out;
    for (; !bytes.empty() && !fails; bytes.remove_prefix(std::min(step, bytes.size())))
        fails = decoder.feed(bytes.substr(0, step), out).has_error();
    fails = fails || decoder.finish(out).has_error();
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size == 0) return 0;
    std::string_view const bytes(reinterpret_cast<char const*>(data) + 1, size - 1);
    auto const encoding = encodings[data[0] % std::size(encodings)];

    bool whole_fails = false, pieces_fail = false;
    auto const whole = decode_in_steps(bytes, encoding, bytes.size() + 1, whole_fails);
    auto const pieces = decode_in_steps(bytes, encoding, 1, pieces_fail);
    demand(whole_fails == pieces_fail, "a cut decides whether content is good");
    if (!whole_fails) demand(whole == pieces, "a cut changes content");
    if (!encoding.empty()) demand(whole.size() <= limit && pieces.size() <= limit, "the limit is exceeded");
    demand(*decode(*encode(bytes, encoding), encoding) == bytes, "content does not come back");

    auto const charset = charsets[data[0] % std::size(charsets)];
    static_cast<void>(decode_text(bytes, charset));
    auto const text = decode_text(bytes, "utf-8", Strictness::lenient);
    if (!bytes.starts_with("\xef\xbb\xbf")) demand(*encode_text(*text, "utf-8") == bytes, "bytes do not come back");
    static_cast<void>(infer_charset(bytes, bytes));
    return 0;
}
