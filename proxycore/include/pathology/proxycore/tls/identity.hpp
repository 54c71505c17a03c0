// A certificate chain with its private key: what one side shows to the other.
#pragma once

#include <filesystem>
#include <memory>
#include <pathology/proxycore/tls/certificate.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::tls {

class Authority;

/// Kinds of key that this side makes.
enum class KeyType { ecdsa_p256, rsa_2048 };

/// How a PEM file of an identity is to be read.
struct PemOptions {
    std::string passphrase = {};           ///< opens an encrypted key; never asked for on a terminal
    Authority const* authority = nullptr;  ///< gives the key when the file has none
};

/// Immutable; copies share one state and may be used by any thread.
class Identity {
public:
    /// Reads PEM: the certificate first, intermediates after it; the key anywhere.
    /// Errors: Errc::bad_certificate_file naming the file: it is missing, has no certificate or no key, the passphrase
    ///         does not fit, key and certificate are not of one pair.
    static Result<Identity> load(std::filesystem::path const& file, PemOptions const& options = {});
    static Result<Identity> parse(std::string_view pem, std::string_view origin, PemOptions const& options = {});

    /// The certificate, then the intermediates that are sent with it.
    std::vector<Certificate> chain() const;
    Certificate certificate() const;
    /// Key first, then the chain; the key is not encrypted.
    std::string pem() const;
    /// The same, with further certificates sent behind its own.
    /// Errors: Errc::bad_certificate_file for one whose `der` is none.
    Result<Identity> with_further(std::vector<Certificate> const& certificates) const;

    struct Parts;  ///< OpenSSL's objects
    explicit Identity(std::shared_ptr<Parts const> parts) : parts_(std::move(parts)) {}
    Parts const& parts() const noexcept { return *parts_; }

private:
    std::shared_ptr<Parts const> parts_;
};

}  // namespace pathology::proxycore::tls
