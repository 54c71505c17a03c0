// The options of the proxy under the names that users give them, and the settings that they make.
#pragma once

#include <pathology/proxycore/addons/options.hpp>
#include <pathology/proxycore/layers/settings.hpp>
#include <string_view>

namespace pathology::proxycore::proxy {

/// Declares every option of the proxy itself; addons declare theirs.
void declare_options(addons::Options& options);

/// Reads them.
/// Errors: throws OptionsError naming the option, its value and what it takes.
layers::Settings make_settings(addons::Options const& options);

/// Whether an option of this name is about TLS or certificates.
bool concerns_tls(std::string_view option);

}  // namespace pathology::proxycore::proxy
