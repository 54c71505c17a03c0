#include "tls_acceptor.hpp"

#include <pathology/proxycore/async/run_on_loop.hpp>
#include <pathology/proxycore/async/workers.hpp>
#include <pathology/proxycore/tls/key_log.hpp>
#include <utility>

#include "connection_logger.hpp"

namespace pathology::pathod {
namespace {

namespace asio = boost::asio;

constexpr auto default_name = "pathod.net";

tls::Result<tls::Authority> open_authority(TlsOptions const& options) {
    if (options.authority_folder) {
        return tls::Authority::open(*options.authority_folder, {.passphrase = options.passphrase});
    }
    return tls::Authority::make({.key = tls::KeyType::ecdsa_p256});
}

/// The failure as an error of that option.
tls::Failure failure_of(std::string_view option, tls::Failure why) {
    why.message.insert(0, std::string(option) + ": ");
    return why;
}

}  // namespace

TlsAcceptor::TlsAcceptor(TlsOptions options, std::vector<std::string> protocols)
    : options_(std::move(options)), protocols_(std::move(protocols)) {}

// A daemon without TLS options still accepts TLS in tunnels. Its context and its authority are made with the first of
// these handshakes, since a key costs time at the start. What the options name is checked at once.
tls::Result<void> TlsAcceptor::check() {
    if (auto const read = read_fault(); !read) return read;
    TlsOptions const defaults;
    bool const has_certificates = options_.serve || !options_.certificates.empty();
    bool const has_tls_settings =
        options_.versions != defaults.versions || !options_.ciphers.empty() || options_.key_log.has_value();
    if (has_certificates || has_tls_settings) {
        if (auto const& prepared = prepare_context(); !prepared) return prepared;
    }
    if (has_certificates) return prepare_certificates();
    return {};
}

tls::Result<void> TlsAcceptor::read_fault() {
    if (options_.fault.empty()) return {};
    auto fault = language::parse_tls_fault(options_.fault);
    if (!fault) {
        tls::Failure why;
        why.code = tls::Errc::bad_settings;
        why.message = describe(fault.error(), options_.fault, "--tls-fault");
        return why;
    }
    fault_ = std::move(*fault);
    return {};
}

std::string TlsAcceptor::warning() const {
    return certificates_ ? certificates_->authority().warning() : std::string();
}

tls::Result<std::string> TlsAcceptor::authority_pem() {
    if (auto const& prepared = prepare_certificates(); !prepared) return prepared.error();
    return certificates_->authority().certificate_pem();
}

tls::Result<void> const& TlsAcceptor::prepare_context() {
    // Several workers may accept their first handshake at the same time. A failure is kept: each handshake then reports
    // it.
    std::call_once(context_made_, [this] { context_result_ = make_context(); });
    return context_result_;
}

tls::Result<void> const& TlsAcceptor::prepare_certificates() {
    std::call_once(certificates_made_, [this] { certificates_result_ = make_certificates(); });
    return certificates_result_;
}

tls::Result<void> TlsAcceptor::make_context() {
    tls::AcceptSettings settings;
    auto const versions = tls::parse_versions(options_.versions);
    if (!versions) return failure_of("--ssl-version", versions.error());
    settings.versions = *versions;
    settings.ciphers.list = options_.ciphers;
    settings.alpn = protocols_;
    if (options_.request_client_certificate) settings.client_certificates = tls::ClientCertificates::request;
    if (options_.key_log) {
        auto log = tls::KeyLog::open(*options_.key_log);
        if (!log) return failure_of("--ssl-keylogfile", log.error());
        settings.key_log = std::move(*log);
    }
    auto context = tls::AcceptContext::make(settings);
    if (!context) {
        settings.ciphers = {};
        bool const is_cipher = tls::AcceptContext::make(settings).has_value();
        return failure_of(is_cipher ? "--ciphers" : "--ssl-version", context.error());
    }
    context_ = std::move(*context);
    return {};
}

tls::Result<void> TlsAcceptor::make_certificates() {
    auto authority = open_authority(options_);
    if (!authority) return failure_of("--confdir", authority.error());
    auto store = std::make_unique<tls::CertificateStore>(std::move(*authority));
    for (auto const& given : options_.certificates) {
        if (auto const read = store->give_file(given, options_.passphrase); !read)
            return failure_of("--cert", read.error());
    }
    clinic_ = std::make_unique<tls::Clinic>(store->authority());
    certificates_ = std::move(store);
    return {};
}

// The context is made here, which is quick and initialises OpenSSL. If a worker did that, OpenSSL would clean up at the
// exit of the process before the worker has ended.
asio::awaitable<tls::Result<void>> TlsAcceptor::prepare() {
    if (auto const& made = prepare_context(); !made) co_return made.error();
    if (!is_prepared_) {
        auto const make = [self = shared_from_this()] {
            self->prepare_certificates();
            self->is_prepared_ = true;
        };
        auto const making = proxycore::async::run_on_loop(proxycore::async::workers(), make);
        co_await making.wait();
    }
    co_return certificates_result_;
}

/// Inside a tunnel the host of the CONNECT and the server name; outside, the names of the options.
tls::LeafNames TlsAcceptor::names_for(std::string const& host, std::string const& sni,
                                      std::string const& address) const {
    if (!host.empty()) return {.names = sni.empty() ? std::vector{host} : std::vector{host, sni}};
    auto const& [common_name, names] = std::tie(options_.common_name, options_.alternative_names);
    if (!names.empty()) return tls::LeafNames::exactly(common_name.value_or(""), names);
    if (common_name) return {.names = {*common_name}};
    return {.names = {default_name, sni.empty() ? address : sni}};
}

/// Ignores a server name that no certificate can contain, so that such a client still gets one.
tls::Result<tls::Identity> TlsAcceptor::select_certificate(std::string const& host, std::string const& address,
                                                           tls::IdentityQuery const& greeting) {
    auto identity = certificates_->find(names_for(host, greeting.sni, address), greeting.accepted);
    if (identity || greeting.sni.empty()) return identity;
    return certificates_->find(names_for(host, {}, address), greeting.accepted);
}

/// The case that a server name selects, outside of tunnels and if no option says which certificate is presented;
/// nullptr if there is none.
tls::ClinicCase const* TlsAcceptor::clinic_case(std::string const& host, std::string const& sni) const {
    bool const is_for_any_name =
        options_.certificates.empty() && options_.alternative_names.empty() && !options_.common_name;
    if (!options_.clinic || !options_.serve || !host.empty() || !is_for_any_name) return nullptr;
    return tls::find_clinic_case(sni);
}

/// The engine asks once it has read the ClientHello, so settings and certificate can follow the server name. `selected`
/// becomes the case of the clinic; it must outlive the handshake, during which the engine asks.
tls::Engine TlsAcceptor::make_engine(std::string const& host, std::string const& address,
                                     tls::ClinicCase const*& selected, language::TlsFaultStream& stream) {
    tls::Engine engine(*context_, [this, host, address, &selected](tls::IdentityQuery const& greeting) {
        if (selected != nullptr) return clinic_->find(*selected, greeting.sni, greeting.key);
        return select_certificate(host, address, greeting);
    });
    engine.set_settings_chooser([this, host, &selected, &stream](tls::ClientHello const& hello) {
        auto const* const known = std::exchange(selected, clinic_case(host, hello.sni));
        // A second ClientHello, behind a HelloRetryRequest, does not begin the fault again.
        if (selected != nullptr && selected != known && !selected->tls_fault.empty())
            stream.set_fault(language::parse_tls_fault(selected->tls_fault).value());
        return selected != nullptr ? clinic_->settings_for(*selected) : tls::HandshakeSettings();
    });
    engine.set_preparer([this, host, address, &selected](tls::IdentityQuery const& greeting) {
        if (selected != nullptr) return clinic_->slow_work(*selected, greeting.sni, greeting.key);
        return certificates_->slow_work(names_for(host, greeting.sni, address), greeting.accepted);
    });
    return engine;
}

asio::awaitable<tls::Result<std::unique_ptr<tls::TlsStream>>> TlsAcceptor::accept(
    std::unique_ptr<net::Stream> stream, std::string host, net::TimeLimit limit,
    std::function<void(proxycore::record::RecordedTlsFault const&)> report) {
    auto const prepared = co_await prepare();
    if (!prepared) co_return prepared.error();
    // A client without server name connected by address, and verifies the certificate for that address.
    auto const address = stream->local_endpoint().host;
    auto faulty = std::make_unique<language::TlsFaultStream>(std::move(stream), limit);
    auto& faults = *faulty;
    faults.set_fault(fault_);
    faults.set_report(std::move(report));
    tls::ClinicCase const* selected = nullptr;
    auto engine = make_engine(host, address, selected, faults);
    auto secured = std::make_unique<tls::TlsStream>(std::move(faulty), std::move(engine));
    auto const handshake = co_await secured->handshake(limit);
    if (!handshake) {
        auto failure = handshake.error();
        failure.message += faults.summary();
        if (selected != nullptr) failure.message.append(" (clinic: ").append(selected->label) += ')';
        co_return failure;
    }
    co_return std::move(secured);
}

}  // namespace pathology::pathod
