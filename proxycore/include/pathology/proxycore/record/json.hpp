// An exchange as one line of JSON, documented in doc/log.md.
#pragma once
#include <pathology/proxycore/record/exchange.hpp>
#include <string>

namespace pathology::proxycore::record {

/// The exchange as one JSON object without a line break.
///
/// Shape:  field names and order as in doc/log.md; what is not known is left out.
/// Bytes:  a field that holds bytes is exact text where they are valid UTF-8. Elsewhere it is escaped for people
///         (`http::escaped`), and a second field with the suffix `_b64` has the exact bytes.
/// Units:  `started` is seconds since 1970 with a fraction, `duration` seconds with a fraction.
std::string to_json_line(Exchange const& exchange);

}  // namespace pathology::proxycore::record
