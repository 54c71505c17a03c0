// Parses any text as the actions of --tls-fault, and checks their properties.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <pathology/language/print.hpp>
#include <string_view>

#include "support/tls_fault_property.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    namespace language = pathology::language;
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    auto const broken = language::test::broken_tls_fault(text);
    if (broken.empty()) return 0;
    std::fprintf(stderr, "%s\ntext: %s\n", broken.c_str(), language::escape(text).c_str());
    std::abort();
}
