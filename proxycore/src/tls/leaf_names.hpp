// Common name and alternative names of a certificate to be issued.
#pragma once

#include <pathology/proxycore/tls/authority.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::tls {

/// The common name; empty for none.
std::string common_name_of(LeafNames const& names);

/// The alternative names, without duplicates.
/// Errors: Errc::bad_settings for an invalid name.
Result<std::vector<AlternativeName>> alternative_names_of(LeafNames const& names);

/// Returns true if a text is an IPv4 or IPv6 address.
bool is_address(std::string_view text);

}  // namespace pathology::proxycore::tls
