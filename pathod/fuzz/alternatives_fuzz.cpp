// Reads any text as the right side of an anchor, and checks the properties of its alternatives.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <pathology/language/print.hpp>
#include <string_view>

#include "support/alternatives_property.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    auto const broken = pathology::pathod::test::broken_alternatives(text);
    if (broken.empty()) return 0;
    std::fprintf(stderr, "%s\ntext: %s\n", broken.c_str(), pathology::language::escape(text).c_str());
    std::abort();
}
