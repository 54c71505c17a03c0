// What the log says of bytes that are no request.
#pragma once

#include <pathology/proxycore/http1/failure.hpp>
#include <string>

namespace pathology::pathod {

/// In the words of the original where it had any: `Bad HTTP request line: "foo"`, `Unparseable Content Length: "x"`,
/// `Unexpected EOF: …`.
std::string complaint(proxycore::http1::Failure const& failure);

}  // namespace pathology::pathod
