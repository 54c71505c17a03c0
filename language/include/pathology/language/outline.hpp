#pragma once
// What logs show of a response before it is sent.

#include <optional>
#include <pathology/language/ast.hpp>
#include <pathology/language/settings.hpp>
#include <pathology/proxycore/http/fields.hpp>
#include <string>

namespace pathology::language {

/// The head of a response. A value is given as the bytes that the spec holds; generated data and files are given in
/// their spelling: `@9,digits`, `<'file'`.
struct Outline {
    std::string code;
    std::optional<std::string> reason;  ///< nullopt if the spec leaves it to the code
    proxycore::http::Fields fields;     ///< in the order of the wire, named as `protocol` names them
};

/// The head of a resolved response.
Outline outline(Response const& resolved, Protocol protocol);

}  // namespace pathology::language
