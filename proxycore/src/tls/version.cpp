#include <pathology/proxycore/tls/version.hpp>

#include <algorithm>
#include <cctype>
#include <utility>

#include "tls/openssl.hpp"

namespace pathology::proxycore::tls {

std::string_view to_string(Version version) noexcept {
    switch (version) {
        case Version::tls1_0: return "TLSv1";
        case Version::tls1_1: return "TLSv1.1";
        case Version::tls1_2: return "TLSv1.2";
        case Version::tls1_3: return "TLSv1.3";
    }
    return "unknown";
}

Result<VersionRange> parse_versions(std::string_view text) {
    static constexpr std::pair<std::string_view, VersionRange> words[] = {
        {"tlsv1", {Version::tls1_0, Version::tls1_0}},   {"tlsv1_0", {Version::tls1_0, Version::tls1_0}},
        {"tlsv1_1", {Version::tls1_1, Version::tls1_1}}, {"tlsv1_2", {Version::tls1_2, Version::tls1_2}},
        {"tlsv1_3", {Version::tls1_3, Version::tls1_3}}, {"secure", {Version::tls1_2, Version::tls1_3}},
        {"all", {Version::tls1_0, Version::tls1_3}},
    };
    std::string word(text);
    std::ranges::transform(word, word.begin(),
                           [](unsigned char c) { return c == '.' ? '_' : static_cast<char>(std::tolower(c)); });
    auto const* const found = std::ranges::find(words, word, [](auto const& known) { return known.first; });
    if (found != std::end(words)) return found->second;
    constexpr auto choice = " (TLSv1, TLSv1_1, TLSv1_2, TLSv1_3, secure, all)";
    if (word.starts_with("sslv")) {
        return failure(Errc::bad_settings,
                       std::string(text) + " is not supported: OpenSSL no longer supports it" + choice);
    }
    return failure(Errc::bad_settings, "there is no TLS version '" + std::string(text) + "'" + choice);
}

}  // namespace pathology::proxycore::tls
