#include "tls_layer.hpp"

#include <filesystem>
#include <pathology/language/tls_fault_stream.hpp>
#include <pathology/proxycore/tls/key_log.hpp>
#include <utility>

namespace pathology::pathoc {
namespace {

namespace asio = boost::asio;
namespace net = proxycore::net;
namespace tls = proxycore::tls;

Failure failure(tls::Failure const& why) {
    Failure made;
    made.code = why.code == net::Errc::timed_out ? Errc::timed_out : Errc::tls_failed;
    made.message = why.message;
    made.cause = why.code;
    return made;
}

/// The failure as an error of that option.
tls::Failure failure_of(std::string_view option, tls::Failure why) {
    why.message.insert(0, std::string(option) + ": ");
    return why;
}

tls::Trust trust_in(std::string const& authorities) {
    std::error_code ignored;
    bool const is_folder = std::filesystem::is_directory(authorities, ignored);
    return is_folder ? tls::Trust{.folder = authorities} : tls::Trust{.file = authorities};
}

tls::Result<tls::ConnectSettings> settings_of(TlsOptions const& options) {
    tls::ConnectSettings settings;
    auto const versions = tls::parse_versions(options.versions);
    if (!versions) return failure_of("--ssl-version", versions.error());
    settings.versions = *versions;
    settings.ciphers.list = options.ciphers;
    settings.alpn = options.alpn;
    if (options.verify) settings.verify = trust_in(options.authorities);
    if (options.client_certificate) {
        auto identity = tls::Identity::load(*options.client_certificate, {.passphrase = options.passphrase});
        if (!identity) return failure_of("--clientcert", identity.error());
        settings.identity = std::move(*identity);
    }
    if (options.key_log) {
        auto log = tls::KeyLog::open(*options.key_log);
        if (!log) return failure_of("--ssl-keylogfile", log.error());
        settings.key_log = std::move(*log);
    }
    return settings;
}

/// The option that a context cannot be made with, found by trying fewer.
std::string_view find_wrong_option(tls::ConnectSettings const& settings) {
    tls::ConnectSettings fewer;
    fewer.versions = settings.versions;
    if (!tls::ConnectContext::make(fewer)) return "--ssl-version";
    fewer.ciphers = settings.ciphers;
    if (!tls::ConnectContext::make(fewer)) return "--ciphers";
    fewer.identity = settings.identity;
    return tls::ConnectContext::make(fewer) ? "--ca" : "--clientcert";
}

tls::ServerName name_of(TlsOptions const& options, std::string const& host) {
    auto name = tls::ServerName::of(host);
    // Only the name to send changes; the certificate still has to match the host.
    if (options.sni) name.sni = options.sni->empty() ? std::nullopt : options.sni;
    return name;
}

Result<language::TlsFault> read_fault(std::string const& text) {
    if (text.empty()) return language::TlsFault();
    auto fault = language::parse_tls_fault(text);
    if (fault) return std::move(*fault);
    Failure made;
    made.code = Errc::tls_failed;
    made.message = describe(fault.error(), text, "--tls-fault");
    return made;
}

}  // namespace

Result<std::shared_ptr<TlsLayer const>> TlsLayer::make(TlsOptions const& options, std::string const& host) {
    // No layer, and no error: the connection stays plain.
    if (!options.use) return std::shared_ptr<TlsLayer const>();
    auto const settings = settings_of(options);
    if (!settings) return failure(settings.error());
    auto fault = read_fault(options.fault);
    if (!fault) return fault.error();
    auto context = tls::ConnectContext::make(*settings);
    if (!context) return failure(failure_of(find_wrong_option(*settings), context.error()));
    return std::shared_ptr<TlsLayer const>(
        new TlsLayer(std::move(*context), name_of(options, host), std::move(*fault)));
}

Result<std::shared_ptr<TlsLayer const>> TlsLayer::make_for_proxies(TlsOptions const& options) {
    TlsOptions with_proxy;
    with_proxy.use = true;
    with_proxy.verify = options.verify;
    with_proxy.authorities = options.authorities;
    with_proxy.key_log = options.key_log;
    return make(with_proxy, {});
}

asio::awaitable<Result<std::unique_ptr<tls::TlsStream>>> TlsLayer::pass(std::unique_ptr<net::Stream> stream,
                                                                        net::TimeLimit limit) const {
    return shake_hands(std::move(stream), limit, name_);
}

asio::awaitable<Result<std::unique_ptr<tls::TlsStream>>> TlsLayer::pass(std::unique_ptr<net::Stream> stream,
                                                                        net::TimeLimit limit,
                                                                        std::string const& host) const {
    auto const name = tls::ServerName::of(host);
    co_return co_await shake_hands(std::move(stream), limit, name);
}

asio::awaitable<Result<std::unique_ptr<tls::TlsStream>>> TlsLayer::shake_hands(std::unique_ptr<net::Stream> stream,
                                                                               net::TimeLimit limit,
                                                                               tls::ServerName const& name) const {
    tls::Engine engine(context_, name);
    auto faulty = std::make_unique<language::TlsFaultStream>(std::move(stream), limit);
    auto& faults = *faulty;
    faults.set_fault(fault_);
    auto secured = std::make_unique<tls::TlsStream>(std::move(faulty), std::move(engine));
    auto const shaken = co_await secured->handshake(limit);
    if (!shaken) {
        auto why = failure(shaken.error());
        why.message += faults.summary();
        co_return why;
    }
    co_return std::move(secured);
}

}  // namespace pathology::pathoc
