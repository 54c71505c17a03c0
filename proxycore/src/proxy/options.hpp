// The options of the proxy by name, and the settings made of them.
#pragma once

#include <pathology/proxycore/addons/options.hpp>
#include <string_view>

#include "layers/settings.hpp"

namespace pathology::proxycore::proxy {

/// Declares the options of the proxy itself; addons declare their own.
void declare_options(addons::Options& options);

/// Makes the settings of the values.
/// Errors: throws OptionsError naming the option, its value and the expected form.
layers::Settings make_settings(addons::Options const& options);

/// Returns true if the option is about TLS or certificates.
bool concerns_tls(std::string_view option);

}  // namespace pathology::proxycore::proxy
