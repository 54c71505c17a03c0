// A certificate authority that signs certificates for any name.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <pathology/proxycore/tls/certificate.hpp>
#include <pathology/proxycore/tls/identity.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::tls {

/// The properties of a new authority. An existing one is used as it is.
struct AuthorityOptions {
    std::string name = "pathology";          ///< CN and O, and prefix of the file names: `pathology-ca.pem`
    KeyType key = KeyType::rsa_2048;         ///< of the authority itself
    unsigned rsa_bits = 2048;                ///< size of an RSA key
    KeyType leaf_key = KeyType::ecdsa_p256;  ///< of issued certificates, if the caller does not choose
    std::string passphrase = {};             ///< decrypts an existing key
};

/// The names that a certificate is valid for.
struct LeafNames {
    /// Host names and addresses in order, without duplicates. The first is the common name; if it has 64 characters or
    /// more, there is none. Addresses become IP entries, other names DNS entries.
    std::vector<std::string> names;
    std::string organization = {};  ///< O; empty = none
    std::string crl_url = {};       ///< URL of the revocation list; empty = none

    /// A common name, unless it is empty, and exactly these alternative names.
    static LeafNames exactly(std::string common_name, std::vector<std::string> alternative_names);
    /// The names of an upstream certificate, then the further ones (SNI of the client, address of the server).
    static LeafNames copied_from(Certificate const& upstream, std::vector<std::string> const& further);

    /// Set by exactly(): the common name, which need not be in `names`; std::nullopt = the first name.
    std::optional<std::string> common_name = std::nullopt;
    friend bool operator==(LeafNames const&, LeafNames const&) = default;
};

/// The default folder of an authority: `~/.pathology` of the current user. Empty without a home folder.
std::filesystem::path default_authority_folder();

/// Signs with its key. All leaves of one kind of key share one private key, which RSA leaves share with an RSA
/// authority; it is made with the object and never stored.
///
/// Files:  in a folder of mode 0700, created if missing and never changed afterwards: `NAME-ca.pem` (key and
///         certificate, 0600), `NAME-ca-cert.pem`, `.cer` (certificate, PEM), `.p12` (certificate). Each file is
///         created atomically; of two processes that start at the same time, one creates it and both use it. If a
///         folder has `mitmproxy-ca.pem` and no file of ours, that authority is used.
/// Thread: every function may be called from any thread. Copies share one state.
class Authority {
public:
    /// Loads the authority of a folder, or creates it.
    /// Errors: Errc::bad_certificate_file naming the file; the system's code if folder or file cannot be created.
    static Result<Authority> open(std::filesystem::path const& folder, AuthorityOptions const& options = {});

    /// Makes an authority in memory only.
    static Authority make(AuthorityOptions const& options = {});

    Certificate certificate() const;
    /// The prefix of its file names, before `-ca.pem`.
    std::string name() const;
    /// The certificate that clients have to trust, as PEM.
    std::string certificate_pem() const;
    /// The same as PKCS#12, without a key.
    std::string certificate_p12() const;
    /// A signed list that revokes nothing, valid for a week (RFC 5280 §5), as DER.
    std::string revocation_list() const;
    /// The path of the list in the certificates that it issues: "/pathology-3F…A2.crl".
    std::string revocation_path() const;
    /// The file it was loaded from or written to; empty for an authority in memory.
    std::filesystem::path file() const;
    bool has_expired() const;
    /// A sentence for the user; empty if there is nothing to report. An expired authority still signs, but clients
    /// reject its certificates.
    std::string warning() const;

    /// Issues a certificate with a random serial, valid from two days ago for 199 days, followed by the chain of the
    /// authority if its file has one.
    /// Errors: Errc::bad_settings for names that no certificate can have.
    Result<Identity> issue(LeafNames const& names) const;
    /// `signature` is the algorithm that the certificate is signed with, as signature_for() returns it.
    Result<Identity> issue(LeafNames const& names, KeyType key, std::uint16_t signature = 0) const;
    /// "RSA" or "EC": the type of the key that it signs with.
    std::string key_type() const;

    struct State;  ///< OpenSSL's objects
    State const& state() const noexcept { return *state_; }

private:
    explicit Authority(std::shared_ptr<State const> state) : state_(std::move(state)) {}
    std::shared_ptr<State const> state_;
};

}  // namespace pathology::proxycore::tls
