// What a message may carry, by its status code, its method, and its place (RFC 9110).
#pragma once

#include <cstdint>
#include <pathology/proxycore/http/fields.hpp>
#include <string_view>

namespace pathology::proxycore::http {

/// The content of a response.
enum class ContentRule : std::uint8_t {
    allowed,
    described,  ///< none; its fields describe what a GET would get: the response to HEAD, and 304
    forbidden,  ///< none, and no Content-Length: 1xx, 204, 2xx to CONNECT (RFC 9110 §8.6)
};

/// The rule for a response with that status to a request with that method.
ContentRule content_rule(std::string_view method, unsigned status);

/// Returns true if a field with that name may be in a trailer section. RFC 9110 §6.5.1 excludes fields that are needed
/// before the content: for framing, routing, authentication, request modifiers, control data and the format of the content.
bool may_be_trailer(std::string_view name);

/// The fields of a trailer section that may be there.
Fields allowed_trailers(Fields const& fields);

}  // namespace pathology::proxycore::http
