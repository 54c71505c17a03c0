// fnmatch() is not used: `?`, `[` and `\` are special to it, its comparison depends on the locale, and its time is not
// bounded by the product of both sizes.

#include "multiupstream/wildcard.hpp"

#include <algorithm>
#include <boost/asio/ip/address_v6.hpp>
#include <pathology/proxycore/ascii.hpp>

namespace pathology::proxycore::multiupstream {
namespace {

std::string_view without_decoration(std::string_view host) {
    if (host.size() > 1 && host.ends_with('.')) host.remove_suffix(1);
    if (host.size() > 1 && host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return host;
}

}  // namespace

void write_quick_form(std::string_view host, std::string& out) {
    host = without_decoration(host);
    out.resize(host.size());
    std::transform(host.begin(), host.end(), out.begin(), ascii::lower);
}

std::string host_form(std::string_view host) {
    std::string form;
    write_quick_form(host, form);
    bool const may_be_ipv6 = form.find(':') != form.npos && form.find('%') == form.npos;
    if (!may_be_ipv6) return form;
    boost::system::error_code error;
    auto const address = boost::asio::ip::make_address_v6(form, error);
    return error ? form : address.to_string();
}

bool matches(std::string_view pattern, std::string_view text) {
    constexpr auto none = std::string_view::npos;
    std::size_t at = 0, in_text = 0;
    std::size_t star = none, after_star = 0;  // the last `*`, and where the text behind its run begins
    while (in_text < text.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            after_star = in_text;
        } else if (at < pattern.size() && pattern[at] == text[in_text]) {
            ++at, ++in_text;
        } else if (star != none) {
            // Only the last `*` takes one more byte: whatever earlier ones took, the text between matches as it is.
            at = star + 1;
            in_text = ++after_star;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', at) == none;
}

}  // namespace pathology::proxycore::multiupstream
