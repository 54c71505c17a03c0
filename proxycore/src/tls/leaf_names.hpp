// The names of a certificate to be issued, sorted out.
#pragma once

#include <pathology/proxycore/tls/authority.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::tls {

/// The common name; empty for none.
std::string common_name_of(LeafNames const& names);

/// The alternative names, without doubles.
/// Errors: Errc::bad_settings for a name that none can be.
Result<std::vector<AlternativeName>> alternative_names_of(LeafNames const& names);

/// Whether a text is an IPv4 or IPv6 address.
bool is_address(std::string_view text);

}  // namespace pathology::proxycore::tls
