// Which certificate is shown for which name: given ones, and beside them those that the authority makes on the spot.
#pragma once

#include <cstddef>
#include <memory>
#include <pathology/proxycore/tls/authority.hpp>
#include <pathology/proxycore/tls/identity.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::tls {

/// Looks up by name: a given certificate for exactly it, for `*.parent` from most to least specific, for `*`; each name
/// of the list in turn, `*` after all of them. Else one is issued, and kept for the next time.
///
/// Shape:  keeps as many issued certificates as `capacity`, and drops the one unused for longest. Given ones stay.
/// Thread: every function may be called from any thread.
class CertificateStore {
public:
    explicit CertificateStore(Authority authority, std::size_t capacity = 100);
    ~CertificateStore();
    CertificateStore(CertificateStore const&) = delete;
    CertificateStore& operator=(CertificateStore const&) = delete;

    /// Shows `identity` for hosts that fit `pattern`: a name, `*.example.org`, `*`.
    void give(std::string_view pattern, Identity identity);

    /// Reads `[PATTERN=]FILE`, the form of the option --cert; without a pattern `*`. The certificate is also given for
    /// its own names. Gives what it read.
    /// Errors: as Identity::load(). A file without a key needs one that is the authority's.
    Result<Identity> give_file(std::string_view text, std::string const& passphrase = {});

    /// The one for these names.
    /// Errors: as Authority::issue().
    Result<Identity> find(LeafNames const& names);
    /// With a key of that kind, where it has to be issued.
    Result<Identity> find(LeafNames const& names, KeyType key);

    Authority const& authority() const noexcept;
    std::size_t issued() const;  ///< how many certificates are kept

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pathology::proxycore::tls
