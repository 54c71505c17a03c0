// The head of a message: start line and header section.
#pragma once
#include <cstdint>
#include <pathology/proxycore/http/fields.hpp>
#include <string>

namespace pathology::proxycore::http {

/// `HTTP/x.y`, one digit each (RFC 9112 §2.3). Any version can be stored, as it was sent.
struct Version {
    std::uint8_t major = 1;
    std::uint8_t minor = 1;
    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the 0 of a rewritten comparison for a pointer.
    auto operator<=>(Version const&) const = default;
};

/// The eight characters on the wire, "HTTP/1.1".
std::string to_string(Version version);

/// Request line and fields.
struct RequestHead {
    std::string method{};  ///< as sent, case and all
    std::string target{};  ///< as sent; parse_target() parses it
    Version version{};
    Fields fields{};
    bool operator==(RequestHead const&) const = default;
};

/// Status line and fields.
struct ResponseHead {
    Version version{};
    unsigned status = 200;
    std::string reason{};  ///< may be empty
    Fields fields{};
    bool operator==(ResponseHead const&) const = default;
};

}  // namespace pathology::proxycore::http
