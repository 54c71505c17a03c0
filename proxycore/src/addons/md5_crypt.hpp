// Apache's variant of MD5-crypt, the hash `$apr1$salt$…` of htpasswd files.
#pragma once

#include <string>
#include <string_view>

namespace pathology::proxycore::addons {

/// The 22 characters after the salt, of which at most 8 count.
std::string apr1_hash(std::string_view password, std::string_view salt);

}  // namespace pathology::proxycore::addons
