// One text in every coding, made by other people's programs (Python's zlib and gzip, Node's brotli, the zstd program).
#pragma once

#include <ostream>
#include <pathology/proxycore/content/coding.hpp>
#include <string_view>

namespace pathology::proxycore::content {

inline constexpr std::string_view plain = "Hello, hello, hello, hello!";

struct Sample {
    std::string_view name, encoding, bytes;
};
inline void PrintTo(Sample const& row, std::ostream* out) { *out << row.name; }

/// A literal with its zeros.
template <std::size_t Size> constexpr std::string_view bytes(char const (&text)[Size]) { return {text, Size - 1}; }

inline constexpr Sample samples[] = {
    Sample{"Gzip", "gzip",
           bytes("\037\213\010\000\000\000\000\000\002\003\363H\315\311\311\327Q\310\300\244\024\001\241\216\3649\033"
                 "\000\000\000")},
    Sample{"TwoGzipMembers", "gzip",
           bytes("\037\213\010\000\000\000\000\000\002\003\363H\315\311\311\327Q\310H\005\000\1340_"
                 "q\011\000\000\000\037\213\010\000\000\000\000\000\002\003\313\311\311\327Q\310H\315\201S\212\000N\336"
                 "\305q\022\000\000\000")},
    Sample{"Zlib", "deflate", bytes("x\332\363H\315\311\311\327Q\310\300\244\024\001\202\014\0116")},
    Sample{"RawDeflate", "deflate", bytes("\363H\315\311\311\327Q\310\300\244\024\001")},
    Sample{"Brotli", "br",
           bytes("\033\032\000\370\215\324N\371\303\214\252\221\320\330\3364H\010K\231Rd\237H \270\016\011")},
    Sample{"Zstd", "zstd", bytes("(\265/\375\000X}\000\000HHello, h!\001\000\362\012\027")},
    Sample{"ZstdWithChecksum", "zstd", bytes("(\265/\375\004X}\000\000HHello, h!\001\000\362\012\027\027a[\200")},
    Sample{"TwoZstdFrames", "zstd",
           bytes("(\265/\375\000XI\000\000Hello, he(\265/\375\000Xu\000\000@llo, he!\001\000\332\212\021")},
    Sample{"GzipUponZlib", "deflate, gzip",
           bytes("\037\213\010\000\000\000\000\000\002\003\253\270\365\331\343\354\311\223\327\003O\034X\042\302\330"
                 "\304\303i\006\000$\265\001\271\022\000\000\000")}};

}  // namespace pathology::proxycore::content
