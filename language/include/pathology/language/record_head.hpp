#pragma once
// What logs show of a response before it is sent.

#include <pathology/language/ast.hpp>
#include <pathology/language/settings.hpp>
#include <pathology/proxycore/record/exchange.hpp>

namespace pathology::language {

/// Fills in the members of `record` that describe the head of a resolved response: status_code, reason, version and
/// headers. A value is given as the bytes that the spec holds; generated data and files are given in their spelling:
/// `@9,digits`, `<'file'`. What the spec leaves to the protocol stays as it is in `record`.
void record_head(Response const& resolved, Protocol protocol, proxycore::record::RecordedResponse& record);

}  // namespace pathology::language
