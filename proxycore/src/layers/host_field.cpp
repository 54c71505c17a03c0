#include "layers/host_field.hpp"

#include <pathology/proxycore/http/fields.hpp>
#include <pathology/proxycore/http/target.hpp>

#include "ascii.hpp"

namespace pathology::proxycore::layers {

std::string host_field_of(std::string_view first_bytes) {
    // The bytes end wherever the last read ended. The last line may be cut, and a cut host would match another pattern,
    // so only lines with their line feed count.
    auto const whole_lines = first_bytes.rfind('\n');
    auto rest = first_bytes.substr(0, whole_lines == first_bytes.npos ? 0 : whole_lines);
    ascii::take_until(rest, '\n');  // the request line
    while (!rest.empty()) {
        auto value = ascii::take_until(rest, '\n');
        auto const name = ascii::take_until(value, ':');
        if (name == "\r") break;  // the empty line that ends the header section
        if (http::equals_ignoring_case(name, "host"))
            return std::string(http::parse_authority(ascii::trimmed(value)).host);
    }
    return {};
}

}  // namespace pathology::proxycore::layers
