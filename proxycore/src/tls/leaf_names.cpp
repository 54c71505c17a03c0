// The names of a generated certificate. Names that come from outside (certificates of servers, SNI) are dropped if they
// cannot be issued; names that the options give exactly are an error then.
//
//      common name         the first name, if it fits; clients prefer alternative names (RFC 6125 §6.4.4)
//      alternative names   all of them, addresses as addresses

#include "tls/leaf_names.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "tls/openssl.hpp"

namespace pathology::proxycore::tls {
namespace {

constexpr std::size_t max_common_name_size = 63;  // RFC 5280 allows 64; some clients do not
constexpr std::size_t max_name_size = 255;

bool is_good_name(std::string_view name) {
    // Not a check of host names: a client may connect by any name, such as one with an underscore.
    return !name.empty() && name.size() <= max_name_size &&
           std::ranges::all_of(name, [](char c) { return c > ' ' && c < '\x7f'; });
}

void append_new(std::vector<std::string>& names, std::string const& name) {
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
}

}  // namespace

bool is_address(std::string_view text) {
    boost::system::error_code ec;
    boost::asio::ip::make_address(text, ec);
    return !ec;
}

LeafNames LeafNames::exactly(std::string common_name, std::vector<std::string> alternative_names) {
    LeafNames result;
    result.common_name = std::move(common_name);
    for (auto const& name : alternative_names) append_new(result.names, name);
    return result;
}

LeafNames LeafNames::copied_from(Certificate const& upstream, std::vector<std::string> const& further) {
    LeafNames result;
    append_new(result.names, upstream.subject_value("CN"));
    for (auto const& [kind, value] : upstream.alternative_names) {
        if (kind != AlternativeName::Kind::other) append_new(result.names, value);
    }
    for (auto const& name : further) append_new(result.names, name);
    // Names of servers and clients are input from outside. A name that cannot be issued must not fail the handshake.
    std::erase_if(result.names, [](auto const& name) { return !is_good_name(name); });
    result.organization = upstream.subject_value("O");
    result.crl_url = upstream.crl_url;
    return result;
}

std::string common_name_of(LeafNames const& names) {
    auto const first = names.names.empty() ? std::string() : names.names.front();
    // Empty if it is too long: the certificate has an empty subject then, and critical alternative names.
    auto const name = names.common_name.value_or(first);
    return name.size() <= max_common_name_size ? name : std::string();
}

Result<std::vector<AlternativeName>> alternative_names_of(LeafNames const& names) {
    std::vector<AlternativeName> result;
    for (auto const& name : names.names) {
        if (!is_good_name(name)) {
            return failure(Errc::bad_settings, "no certificate can be good for the name '" + name + "'");
        }
        AlternativeName alternative{is_address(name) ? AlternativeName::Kind::ip : AlternativeName::Kind::dns, name};
        if (std::ranges::find(result, alternative) == result.end()) result.push_back(std::move(alternative));
    }
    return result;
}

}  // namespace pathology::proxycore::tls
