// Certificates and handshakes that are wrong in one way each, chosen by the first label of the server name.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <pathology/proxycore/tls/authority.hpp>
#include <pathology/proxycore/tls/context.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::tls {

/// One fault, and what a client finds that trusts the authority and verifies the name.
struct ClinicCase {
    std::string_view label;   ///< the first label of the server name: `expired` of `expired.localhost`
    std::string_view alias;   ///< another name for the same, such as that of badssl.com: `wrong.host`; empty = none
    std::string_view fault;   ///< what is wrong
    std::string_view source;  ///< the section that says so; empty = none does
    /// The verdict of OpenSSL with its defaults and TLS 1.2 or later: "accepted", or the reason for the end of the
    /// handshake: the text of the X509 error, "alert protocol_version", or the reason of OpenSSL.
    std::string_view verdict;
    std::string_view strict_verdict = {};  ///< with X509_V_FLAG_X509_STRICT; empty = the same
    /// What is done with the bytes of the server, in the notation of language::parse_tls_fault(); empty = nothing. The
    /// owner of the stream has to do it.
    std::string_view tls_fault = {};
};

/// All cases, in the order of the documentation.
std::vector<ClinicCase> const& clinic_cases();

/// The case whose label or alias the name begins with, before a dot and further labels; nullptr if there is none. Case
/// does not matter. Names with other characters than letters, digits, hyphens, underscores and dots have no case.
ClinicCase const* find_clinic_case(std::string_view server_name);

/// Makes the certificates of the cases. They are good but for the one fault: they are for the requested server name, and
/// signed by the authority, or below it.
///
/// Shape:  keeps at most `capacity` of them and drops the least recently used.
/// Thread: every function may be called from any thread.
class Clinic {
public:
    explicit Clinic(Authority authority, std::size_t capacity = 40);
    ~Clinic();
    Clinic(Clinic const&) = delete;
    Clinic& operator=(Clinic const&) = delete;

    /// What the handshake does besides presenting a certificate. `which` is an element of clinic_cases().
    HandshakeSettings settings_for(ClinicCase const& which) const;

    /// The certificate of the case for `server_name`; a key of type `key` unless the key is the fault.
    /// Errors: Errc::bad_settings if OpenSSL cannot make it.
    Result<Identity> find(ClinicCase const& which, std::string const& server_name, KeyType key);

    /// find() as work for another thread, since keys and chains take long; empty if the certificate is kept. Once it has
    /// been done, find() is quick. The work owns what it needs.
    std::function<void()> slow_work(ClinicCase const& which, std::string const& server_name, KeyType key) const;

    std::size_t issued() const;  ///< how many certificates are kept

private:
    struct State;
    std::shared_ptr<State> state_;  // of slow work, too
};

}  // namespace pathology::proxycore::tls
