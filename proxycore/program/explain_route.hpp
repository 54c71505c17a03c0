// pathop --explain-route URL: how the upstream proxy for a URL is chosen, without any traffic.
#pragma once

#include <pathology/proxycore/addons/options.hpp>
#include <pathology/proxycore/console/console.hpp>
#include <pathology/proxycore/console/exit_code.hpp>

#include "program/options.hpp"

namespace pathology::pathop {

/// Prints the explanation for each listener in multi-upstream mode; as JSON, one object a line, with --json. The result is
/// `failed` if the URL has no route.
/// Errors: throws OptionsError if there is no such listener, and for a bad URL, address or folder.
proxycore::console::ExitCode explain_route(ProgramOptions const& arguments, proxycore::addons::Options const& options,
                                           proxycore::console::Console& console);

}  // namespace pathology::pathop
