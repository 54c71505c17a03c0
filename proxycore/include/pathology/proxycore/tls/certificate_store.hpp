// Certificates by name: configured ones, and those that the authority issues on demand.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <pathology/proxycore/tls/accepted_certificates.hpp>
#include <pathology/proxycore/tls/authority.hpp>
#include <pathology/proxycore/tls/identity.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::tls {

/// Lookup: for each name in turn a given certificate for exactly this name, then for `*.parent` from most to least
/// specific; then the one for `*`. Otherwise one is issued, and kept. A pattern may have certificates of several types of
/// keys; the client gets one that it accepts, see AcceptedCertificates.
///
/// Shape:  keeps at most `capacity` issued certificates and drops the least recently used. Given ones stay.
/// Thread: every function may be called from any thread.
class CertificateStore {
public:
    explicit CertificateStore(Authority authority, std::size_t capacity = 100);
    ~CertificateStore();
    CertificateStore(CertificateStore const&) = delete;
    CertificateStore& operator=(CertificateStore const&) = delete;

    /// Uses `identity` for hosts that match `pattern`: a name, `*.example.org`, `*`. It replaces an earlier one of that
    /// pattern whose key is of the same type, and is preferred to those of other types.
    void give(std::string_view pattern, Identity identity);

    /// Loads `[PATTERN=]FILE`, the form of the option --cert; without a pattern `*`. The certificate is also used for
    /// its own names. Returns the identity.
    /// Errors: as Identity::load(). For a file without a key, the key of the authority has to match.
    Result<Identity> give_file(std::string_view text, std::string const& passphrase = {});

    /// Returns the certificate for these names.
    /// Errors: as Authority::issue().
    Result<Identity> find(LeafNames const& names);
    /// `key` is the type of the key if one has to be issued.
    Result<Identity> find(LeafNames const& names, KeyType key);
    /// One that the client accepts, if there is any.
    Result<Identity> find(LeafNames const& names, AcceptedCertificates const& accepted);

    /// What find() would hold an event loop with: the generation of an RSA key, or a signature with a large one. Empty if
    /// find() is quick. Once the work has been done, on any thread, it is. The work owns what it needs.
    std::function<void()> slow_work(LeafNames const& names, AcceptedCertificates const& accepted) const;

    Authority const& authority() const noexcept;
    std::size_t issued() const;  ///< how many certificates are kept

private:
    struct State;
    std::shared_ptr<State> state_;  // of slow work, too
};

}  // namespace pathology::proxycore::tls
