#include "tls/engine_pair.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include "support/folder.hpp"
#include "tls/authority.hpp"
#include "tls/identity.hpp"
#include "tls/x509_builder.hpp"

namespace pathology::proxycore::tls::test {

Authority const& authority() {
    static Authority const made = Authority::make({.name = "testing", .key = KeyType::ecdsa_p256});
    return made;
}

Identity identity_for(std::vector<std::string> names) { return authority().issue({.names = std::move(names)}).value(); }

namespace {

Identity identity_of(X509Ptr certificate, KeyPtr key) {
    auto parts = std::make_shared<Identity::Parts>();
    parts->chain.push_back(std::move(certificate));
    parts->key = std::move(key);
    return Identity(std::move(parts));
}

}  // namespace

Identity self_signed_identity(std::string const& name) {
    auto key = make_key(KeyType::ecdsa_p256);
    X509Builder builder(key.get(), std::chrono::hours(24 * 30));
    builder.add_to_subject("CN", name);
    builder.set_issuer_to_subject();
    builder.add_alternative_names({{AlternativeName::Kind::dns, name}}, false);
    auto certificate = builder.sign(key.get());
    return identity_of(std::move(certificate), std::move(key));
}

Identity expired_identity(std::string const& name) {
    auto const& signer = authority().state();
    auto key = make_key(KeyType::ecdsa_p256);
    X509Builder builder(key.get(), std::chrono::hours(24));  // of the forty-eight since its begin
    builder.add_to_subject("CN", name);
    builder.set_issuer(X509_get_subject_name(signer.certificate()));
    builder.add_alternative_names({{AlternativeName::Kind::dns, name}}, false);
    return identity_of(builder.sign(signer.key.get()), std::move(key));
}

IdentityChooser show(Identity identity) {
    return [identity](IdentityQuery const&) -> Result<Identity> { return identity; };
}

IdentityChooser show_origin() {
    static Identity const origin = identity_for({"origin.test", "127.0.0.1"});
    return show(origin);
}

std::string trusted_file() {
    static pathology::test::Folder const folder;
    static std::string const file = folder.write("trusted.pem", authority().certificate_pem());
    return file;
}

ConnectSettings verifying() {
    ConnectSettings settings;
    settings.verify = Trust{.file = trusted_file()};
    return settings;
}

EnginePair::EnginePair(AcceptSettings const& server_settings, ConnectSettings const& client_settings,
                       ServerName const& name, IdentityChooser chooser)
    : client(ConnectContext::make(client_settings).value(), name),
      server(AcceptContext::make(server_settings).value(), std::move(chooser)) {}

bool EnginePair::handshake(std::size_t piece) {
    for (bool moved = true; moved;) {
        client_step = client.handshake();
        moved = carry(client, server, piece);
        server_step = server.handshake();
        moved = carry(server, client, piece) || moved;
    }
    return client_step == Step::done && server_step == Step::done;
}

std::string EnginePair::send(Engine& from, Engine& to, std::string_view text, std::size_t piece) {
    if (from.write({text.data(), text.size()}) != Step::done) return {};
    std::string received;
    while (from.outgoing().size() > 0) {
        auto const bytes = from.outgoing();
        auto const n = std::min(piece, bytes.size());
        to.feed({static_cast<char const*>(bytes.data()), n});
        from.consume(n);
        received += read_all(to);
    }
    return received;
}

bool carry(Engine& from, Engine& to, std::size_t piece) {
    bool const has_any = from.outgoing().size() > 0;
    while (from.outgoing().size() > 0) {
        auto const bytes = from.outgoing();
        auto const n = std::min(piece, bytes.size());
        to.feed({static_cast<char const*>(bytes.data()), n});
        from.consume(n);
        if (!to.is_established()) to.handshake();
    }
    return has_any;
}

std::string read_all(Engine& engine, Step* last) {
    std::string received;
    std::array<char, 5000> block{};
    for (;;) {
        auto const [step, n] = engine.read(boost::asio::buffer(block));
        if (last != nullptr) *last = step;
        if (step != Step::done) return received;
        received.append(block.data(), n);
    }
}

}  // namespace pathology::proxycore::tls::test
