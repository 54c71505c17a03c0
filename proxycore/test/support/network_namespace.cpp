#include "support/network_namespace.hpp"

#include <sched.h>
#include <sys/fsuid.h>
#include <unistd.h>
#include <thread>
#include <vector>

#include "support/process.hpp"

namespace pathology::test {
namespace {

/// What went wrong.
std::string call(std::string const& program, std::vector<std::string> const& arguments) {
    auto const ended = run(program, arguments);
    return ended.status == 0 ? "" : program + ": " + ended.err;
}

std::string enter() {
    if (!is_installed("iptables") || !is_installed("ip")) return "iptables or ip is not installed";
    if (::unshare(CLONE_NEWNET) != 0) return "this user may not make network namespaces";
    if (auto refusal = call("ip", {"link", "set", "lo", "up"}); !refusal.empty()) return refusal;
    auto refusal = call("ip", {"address", "add", std::string(namespace_address) + "/32", "dev", "lo"});
    if (!refusal.empty()) return refusal;
    return call("ip", {"address", "add", std::string(namespace_address_6) + "/128", "dev", "lo", "nodad"});
}

}  // namespace

std::string run_in_namespace(std::function<void()> const& body) {
    std::string refusal;
    std::thread([&] {  // namespaces belong to threads
        refusal = enter();
        if (refusal.empty()) body();
    })
        .join();
    return refusal;
}

std::string redirect(std::uint16_t from, std::uint16_t to, std::string const& address) {
    auto const* const program = address.find(':') == address.npos ? "iptables" : "ip6tables";
    // In front of the others: a port of a server that is gone may be that of a new one.
    return call(program, {"-t", "nat", "-I", "OUTPUT", "-p", "tcp", "-d", address, "--dport", std::to_string(from),
                          "-m", "owner", "--gid-owner", std::to_string(namespace_clients), "-j", "REDIRECT",
                          "--to-port", std::to_string(to)});
}

AsClient::AsClient() : before_(::setfsgid(namespace_clients)) {}
AsClient::~AsClient() { ::setfsgid(static_cast<gid_t>(before_)); }

}  // namespace pathology::test
