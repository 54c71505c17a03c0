// The tree of an expression by the names of the parse table.
#pragma once

#include <pathology/proxycore/filter/expression.hpp>
#include <string>

namespace pathology::proxycore::filter {

/// `And(Req, Bod[test])`; the argument as it is, except for LF, which is `<LF>`.
std::string tree_text(Expression const& expression);

}  // namespace pathology::proxycore::filter
