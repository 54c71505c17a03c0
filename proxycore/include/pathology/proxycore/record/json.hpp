// An exchange as one line of JSON; doc/log.md is the reader's page.
#pragma once
#include <pathology/proxycore/record/exchange.hpp>
#include <string>

namespace pathology::proxycore::record {

/// The exchange as one JSON object without a line break.
///
/// Shape:  field names and order as in doc/log.md; what is not known is left out.
/// Bytes:  a field that holds bytes is exact text where they are valid UTF-8. Elsewhere it is escaped for people
///         (`http::escaped`), and the field of the same name with `_b64` beside it is exact.
/// Units:  `started` is seconds since 1970 with a fraction, `duration` seconds with a fraction.
std::string to_json_line(Exchange const& exchange);

}  // namespace pathology::proxycore::record
