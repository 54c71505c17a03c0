// A certificate chain with its private key, by which one side authenticates itself.
#pragma once

#include <filesystem>
#include <memory>
#include <pathology/proxycore/tls/certificate.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::tls {

class Authority;

/// Types of keys that are generated.
enum class KeyType { ecdsa_p256, rsa_2048 };

/// Options for PEM files of an identity.
struct PemOptions {
    std::string passphrase = {};           ///< decrypts the key; there is no prompt on the terminal
    Authority const* authority = nullptr;  ///< its key is used if the file has none
};

/// Immutable; copies share one state and may be used by any thread.
class Identity {
public:
    /// Parses PEM: the certificate first, then intermediates; the key at any place.
    /// Errors: Errc::bad_certificate_file naming the file: it is missing, has no certificate or no key, the passphrase
    ///         is wrong, or the key does not match the certificate.
    static Result<Identity> load(std::filesystem::path const& file, PemOptions const& options = {});
    static Result<Identity> parse(std::string_view pem, std::string_view origin, PemOptions const& options = {});

    /// The certificate, then the intermediates that are sent with it.
    std::vector<Certificate> chain() const;
    Certificate certificate() const;
    /// Key first, then the chain; the key is not encrypted.
    std::string pem() const;
    /// A copy that sends further certificates after its own.
    /// Errors: Errc::bad_certificate_file for an invalid `der`.
    Result<Identity> with_further(std::vector<Certificate> const& certificates) const;

    struct Parts;  ///< OpenSSL's objects
    explicit Identity(std::shared_ptr<Parts const> parts) : parts_(std::move(parts)) {}
    Parts const& parts() const noexcept { return *parts_; }

private:
    std::shared_ptr<Parts const> parts_;
};

}  // namespace pathology::proxycore::tls
