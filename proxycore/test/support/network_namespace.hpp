// A network of its own for a test, with a firewall that redirects its clients.
#pragma once

#include <sys/types.h>
#include <cstdint>
#include <functional>
#include <string>

namespace pathology::test {

/// Where servers are in such a network, beside loopback.
inline constexpr auto namespace_address = "10.99.0.1", namespace_address_6 = "fd99::1";
/// The group whose connections are redirected; those of others, the proxy's among them, are not.
inline constexpr gid_t namespace_clients = 12345;

/// Runs `body` in a thread of its own in a network namespace, with all that it starts. Gives why there can be none;
/// empty when the body ran.
std::string run_in_namespace(std::function<void()> const& body);

/// Inside of one: sends what clients want from one port of an address to another port of this machine. Gives what went
/// wrong.
std::string redirect(std::uint16_t from, std::uint16_t to, std::string const& address = namespace_address);

/// While it lives, sockets of this thread are those of a client.
class AsClient {
public:
    AsClient();
    ~AsClient();
    AsClient(AsClient const&) = delete;
    AsClient& operator=(AsClient const&) = delete;

private:
    int before_;
};

}  // namespace pathology::test

/// Skips the test where there can be no namespace.
#define PATHOLOGY_IN_NAMESPACE(body) \
    if (auto const refusal = ::pathology::test::run_in_namespace(body); !refusal.empty()) GTEST_SKIP() << refusal
