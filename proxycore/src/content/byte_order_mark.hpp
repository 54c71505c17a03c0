// Byte-order marks of the Unicode encodings.
#pragma once

#include <string_view>

namespace pathology::proxycore::content {

struct ByteOrderMark {
    std::string_view bytes, charset;
};

// The longer ones first: UTF-32 begins as UTF-16 does.
inline constexpr ByteOrderMark byte_order_marks[] = {{{"\xff\xfe\0\0", 4}, "utf-32le"},
                                                     {{"\0\0\xfe\xff", 4}, "utf-32be"},
                                                     {"\xef\xbb\xbf", "utf-8"},
                                                     {"\xff\xfe", "utf-16le"},
                                                     {"\xfe\xff", "utf-16be"}};

}  // namespace pathology::proxycore::content
