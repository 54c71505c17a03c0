// Parses any text as a response, as requests, as frames and for HTTP/2, and checks the properties of all specs.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <pathology/language/print.hpp>
#include <string_view>

#include "support/properties.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    namespace test = pathology::language::test;
    static test::Setting const settings[] = {test::response_setting(), test::client_setting(), test::session_setting(),
                                             test::http2_response_setting(), test::http2_client_setting()};
    std::string_view const spec(reinterpret_cast<char const*>(data), size);
    for (auto const& setting : settings) {
        auto const broken = test::broken_property(spec, setting, size);
        if (broken.empty()) continue;
        std::fprintf(stderr, "as %s: %s\nspec: %s\n", setting.name, broken.c_str(),
                     pathology::language::escape(spec).c_str());
        std::abort();
    }
    return 0;
}
