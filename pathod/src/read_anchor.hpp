// Parses an anchor.
#pragma once

#include <string>

#include "anchors.hpp"

namespace pathology::pathod {

/// `shown` is the anchor as the user wrote it, for errors.
Anchors::Result<Anchors::Anchor> read_anchor(AnchorText text, std::string const& shown, AnchorOptions const& options);

/// An anchor made of functions. Its spec, if it is text, is read as that of any anchor.
Anchors::Result<Anchors::Anchor> read_function_anchor(FunctionAnchor const& given, AnchorOptions const& options);

/// Checks one spec: it has to be valid for one of the protocols.
Anchors::Result<void> check_spec(std::string const& spec, AnchorOptions const& options);

}  // namespace pathology::pathod
