// Runs that may overload a server. They need a loopback target, or --i-own-this-target.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <pathology/proxycore/endpoint.hpp>
#include <span>
#include <string>

#include "program/options.hpp"
#include "route.hpp"
#include "script.hpp"

namespace pathology::pathoc {

/// Why a run is a flood: `64 connections at once (more than 16)`. std::nullopt if it is none: few
/// connections are open at once, each with few requests in flight, and every message but a few waits for its response.
std::optional<std::string> describe_flood(ProgramOptions const& options, std::span<Script const> scripts);

/// Returns true for addresses of this machine alone: 127.0.0.0/8 and ::1. False for names.
bool is_loopback(std::string const& address);

/// The first host of the route with an address that is not loopback, as `origin.test (192.0.2.7)`. std::nullopt if all
/// are, or if the name of the nearest host has no address, which connecting reports. Names are looked up, also those
/// that a proxy will look up: if one has no address here, nobody knows what the proxy finds.
/// Cancel: terminal.
boost::asio::awaitable<std::optional<std::string>> find_foreign_host(Route const& route);

/// The message for a flood that is refused: why, and what to do.
std::string refuse_flood(std::string const& flood, std::string const& host);

}  // namespace pathology::pathoc
