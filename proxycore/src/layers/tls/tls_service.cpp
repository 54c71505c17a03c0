#include "layers/tls/tls_service.hpp"

#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/tls/key_log.hpp>
#include <utility>

#include "layers/tls/tls_state.hpp"

namespace pathology::proxycore::layers {
namespace {

/// The names of the options in messages.
constexpr std::string_view confdir = "confdir", certs = "certs", client_certs = "client_certs",
                           key_log_file = "sslkeylogfile", ciphers_client = "ciphers_client",
                           tls_version_client = "tls_version_client_min", ciphers_server = "ciphers_server",
                           tls_version_server = "tls_version_server_min",
                           trusted_file = "ssl_verify_upstream_trusted_ca",
                           trusted_folder = "ssl_verify_upstream_trusted_confdir";

/// The value, or the failure as an error of that option.
template <class T> T value_of(tls::Result<T> result, std::string_view option) {
    if (!result) throw OptionsError(std::string(option) + ": " + result.error().message);
    return std::move(*result);
}

tls::Authority open_authority(TlsSettings const& settings) {
    std::filesystem::path const folder =
        settings.confdir.empty() ? tls::default_authority_folder() : std::filesystem::path(settings.confdir);
    tls::AuthorityOptions options;
    if (!settings.ca_basename.empty()) options.name = settings.ca_basename;
    options.rsa_bits = settings.key_size;
    options.passphrase = settings.passphrase;
    return value_of(tls::Authority::open(folder, options), confdir);
}

std::unique_ptr<tls::CertificateStore> open_certificates(TlsSettings const& settings,
                                                         std::vector<std::string>& warnings) {
    auto store = std::make_unique<tls::CertificateStore>(open_authority(settings));
    if (auto const warning = store->authority().warning(); !warning.empty()) warnings.push_back(warning);
    for (auto const& given : settings.certificates) {
        auto const identity = value_of(store->give_file(given, settings.passphrase), certs);
        // A common mistake: the file of the authority in place of one that it signed.
        if (!identity.certificate().is_authority) continue;
        warnings.push_back("certs: '" + given +
                           "' is the certificate of an authority, which clients refuse of a server");
    }
    return store;
}

// A context is made of several options. Which of them it was that failed is found by trying fewer, only then.

std::string_view find_wrong_option(tls::AcceptSettings const& agreed) {
    tls::AcceptSettings fewer;
    fewer.versions = agreed.versions;
    return tls::AcceptContext::make(fewer) ? ciphers_client : tls_version_client;
}

std::string_view find_wrong_option(tls::ConnectSettings const& agreed) {
    tls::ConnectSettings fewer;
    fewer.versions = agreed.versions;
    if (!tls::ConnectContext::make(fewer)) return tls_version_server;
    fewer.ciphers = agreed.ciphers;
    if (!tls::ConnectContext::make(fewer)) return ciphers_server;
    fewer.verify = agreed.verify;
    fewer.verify->folder.clear();
    bool const is_file = !fewer.verify->file.empty() && !tls::ConnectContext::make(fewer);
    return is_file ? trusted_file : trusted_folder;
}

tls::AcceptContext make_for_clients(TlsSettings const& settings, std::shared_ptr<tls::KeyLog> const& log) {
    tls::AcceptSettings agreed;
    agreed.versions = settings.client_versions;
    agreed.ciphers = settings.client_ciphers;
    agreed.key_log = log;
    if (settings.request_client_certificate) agreed.client_certificates = tls::ClientCertificates::request;
    auto made = tls::AcceptContext::make(agreed);
    return value_of(made, made ? std::string_view() : find_wrong_option(agreed));
}

tls::ConnectContext make_for_servers(TlsSettings const& settings, std::shared_ptr<tls::KeyLog> const& log) {
    tls::ConnectSettings agreed;
    agreed.versions = settings.server_versions;
    agreed.ciphers = settings.server_ciphers;
    agreed.key_log = log;
    if (!settings.insecure) agreed.verify = settings.trust;
    auto made = tls::ConnectContext::make(agreed);
    return value_of(made, made ? std::string_view() : find_wrong_option(agreed));
}

std::shared_ptr<tls::KeyLog> open_key_log(std::string const& file) {
    return file.empty() ? nullptr : value_of(tls::KeyLog::open(file), key_log_file);
}

std::unique_ptr<TlsService::State> make_state(TlsSettings const& settings, TlsService::Sides sides) {
    std::vector<std::string> warnings;
    auto const log = open_key_log(settings.key_log);
    // A program that only connects to servers needs no authority; none is created for it.
    auto certificates = sides == TlsService::Sides::both ? open_certificates(settings, warnings) : nullptr;
    auto identities = settings.client_certificates.empty()
                          ? ClientIdentities()
                          : value_of(ClientIdentities::open(settings.client_certificates), client_certs);
    auto revocation_path = certificates ? certificates->authority().revocation_path() : std::string();
    return std::make_unique<TlsService::State>(
        TlsService::State{std::move(certificates), make_for_clients(settings, log), make_for_servers(settings, log),
                          std::move(identities), settings.resume_servers ? std::make_shared<tls::Sessions>() : nullptr,
                          std::move(revocation_path), std::move(warnings)});
}

}  // namespace

TlsService::TlsService(Settings const& settings, Sides sides)
    : sides_(sides), state_(make_state(settings.tls, sides)) {}
TlsService::~TlsService() = default;

// A failure throws before the old state is replaced: the proxy keeps its working settings.
void TlsService::configure(Settings const& settings) { state_ = make_state(settings.tls, sides_); }

tls::Authority const& TlsService::authority() const { return state_->certificates->authority(); }

std::vector<std::string> const& TlsService::warnings() const { return state_->warnings; }

}  // namespace pathology::proxycore::layers
