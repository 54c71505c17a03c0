// The page of the onboarding site.
#pragma once

#include <string>
#include <string_view>

namespace pathology::proxycore::addons {

/// HTML with a link to each form of the certificate. `fingerprint` is its SHA-256, by which a person may compare it.
std::string onboarding_page(std::string_view fingerprint);

}  // namespace pathology::proxycore::addons
