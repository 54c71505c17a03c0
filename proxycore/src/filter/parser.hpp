// The grammar of filter expressions. Regular expressions are not looked at here.
#pragma once

#include <pathology/proxycore/filter/expression.hpp>
#include <pathology/proxycore/filter/failure.hpp>
#include <string_view>

namespace pathology::proxycore::filter {

/// Errors: Errc::syntax, too_long, too_deep.
Result<Expression> parse_expression(std::string_view text);

}  // namespace pathology::proxycore::filter
