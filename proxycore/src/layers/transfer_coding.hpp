// Transfer codings other than chunks (RFC 9112 §7), which pass from one HTTP/1 to another and nowhere else: the proxy
// does not undo them, and whoever gets no Transfer-Encoding would take what is coded for the body.
#pragma once

#include <optional>
#include <pathology/proxycore/http/fields.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <string_view>

namespace pathology::proxycore::layers {

/// Why the body of this message means nothing without its Transfer-Encoding, which cannot be told to `whom`; nothing =
/// it means the same. `message` is "request" (501, RFC 9112 §6.1) or "answer" (502).
std::optional<Failure> find_lost_coding(http::Fields const& fields, std::string_view message, std::string_view whom);

}  // namespace pathology::proxycore::layers
