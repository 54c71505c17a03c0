// A certificate authority of our own, which signs certificates for any name.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <pathology/proxycore/tls/certificate.hpp>
#include <pathology/proxycore/tls/identity.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::tls {

/// What a new authority is like. An existing one is taken as it is.
struct AuthorityOptions {
    std::string name = "pathology";          ///< CN and O; the files are called after it: `pathology-ca.pem`
    KeyType key = KeyType::rsa_2048;         ///< of the authority itself
    unsigned rsa_bits = 2048;                ///< how long that is, when it is RSA
    KeyType leaf_key = KeyType::ecdsa_p256;  ///< of what it issues, unless asked otherwise
    std::string passphrase = {};             ///< opens an existing key that is encrypted
};

/// The names that a certificate is to be good for.
struct LeafNames {
    /// Host names and addresses in order, without doubles; the first is the common name unless it has 64 characters or
    /// more, and then there is none. Addresses become IP entries, other names DNS entries.
    std::vector<std::string> names;
    std::string organization = {};  ///< O; empty = none
    std::string crl_url = {};       ///< where revocations are to be asked for; empty = nowhere

    /// Nothing but these: a common name, where it is not empty, and exactly these alternative names.
    static LeafNames exactly(std::string common_name, std::vector<std::string> alternative_names);
    /// Those of an upstream certificate, then the further ones (the client's SNI, the server's address).
    static LeafNames copied_from(Certificate const& upstream, std::vector<std::string> const& further);

    /// Set by exactly(): the common name, which need not be among the names; nothing = the first name.
    std::optional<std::string> common_name = std::nullopt;
    friend bool operator==(LeafNames const&, LeafNames const&) = default;
};

/// Where an authority lives: `~/.pathology`, of the user who runs the program. Empty without a home folder.
std::filesystem::path default_authority_folder();

/// Signs with its key. All leaves of one kind of key share one private key, which RSA leaves share with an RSA
/// authority; it is made with the object and never stored.
///
/// Files:  in a folder of mode 0700, made when they are missing and never changed afterwards: `NAME-ca.pem` (key and
///         certificate, 0600), `NAME-ca-cert.pem`, `.cer` (certificate, PEM), `.p12` (certificate). Each comes into
///         being whole, by rename; of two processes that start at once, one makes it and both use it.
///         A folder with `mitmproxy-ca.pem` and no file of ours lends that authority.
/// Thread: every function may be called from any thread. Copies share one state.
class Authority {
public:
    /// Loads the authority of a folder, or makes it.
    /// Errors: Errc::bad_certificate_file naming the file; the system's code when folder or file cannot be made.
    static Result<Authority> open(std::filesystem::path const& folder, AuthorityOptions const& options = {});

    /// Makes one that lives in memory only.
    static Authority make(AuthorityOptions const& options = {});

    Certificate certificate() const;
    /// What its files are called before `-ca.pem`.
    std::string name() const;
    /// What clients have to trust, as PEM.
    std::string certificate_pem() const;
    /// The same as PKCS#12, without a key.
    std::string certificate_p12() const;
    /// A signed list that revokes nothing, good for a week (RFC 5280 §5), as DER.
    std::string revocation_list() const;
    /// The path under which leaves point to it: "/pathology-3F…A2.crl".
    std::string revocation_path() const;
    /// Whence it was loaded or to where it was written; empty for one in memory.
    std::filesystem::path file() const;
    bool has_expired() const;
    /// What its user ought to know, a sentence; empty when all is well. An authority that has expired works on, and
    /// nobody takes what it signs.
    std::string warning() const;

    /// Issues a certificate with a random serial, from two days ago for 199 days, with its chain where the authority's
    /// file has one.
    /// Errors: Errc::bad_settings for names that no certificate can have.
    Result<Identity> issue(LeafNames const& names) const;
    Result<Identity> issue(LeafNames const& names, KeyType key) const;

    struct State;  ///< OpenSSL's objects
    State const& state() const noexcept { return *state_; }

private:
    explicit Authority(std::shared_ptr<State const> state) : state_(std::move(state)) {}
    std::shared_ptr<State const> state_;
};

}  // namespace pathology::proxycore::tls
