#include <pathology/proxycore/http2/violation.hpp>

#include <pathology/proxycore/http2/describe.hpp>

namespace pathology::proxycore::http2 {

std::string describe(Violation const& violation) {
    auto const code = name(violation.code) + " (" + std::to_string(static_cast<std::uint32_t>(violation.code)) + ")";
    auto const scope =
        violation.ends_connection ? "connection error " : "stream " + std::to_string(violation.stream) + ": error ";
    auto const section = violation.section.empty() ? std::string() : " (" + violation.section + ")";
    return scope + code + ": " + describe(violation.frame) + ": " + violation.rule + section;
}

}  // namespace pathology::proxycore::http2
