// Where a request goes, written without allocating: what Request::pretty_host() and pretty_url() return.
#pragma once

#include <cstdint>
#include <optional>
#include <pathology/proxycore/flow/request.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::flow {

/// The value of Request::host_header().
std::optional<std::string_view> host_header_of(Request const& request);
std::string_view pretty_host_of(Request const& request);
void append_pretty_url(std::string& out, Request const& request);

/// `host:port`, an IPv6 address in brackets.
void append_endpoint(std::string& out, std::string_view host, std::uint16_t port);
/// As host_and_port().
void append_host_and_port(std::string& out, std::string_view scheme, std::string_view host, std::uint16_t port);

}  // namespace pathology::proxycore::flow
