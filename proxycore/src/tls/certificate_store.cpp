// Certificates for clients: given ones first, then issued ones, which are cached by everything that they depend on.
//
//      find(names) ─▶ given, by pattern ─▶ issued, in the cache ─▶ authority.issue(), without the lock ─▶ cache

#include <pathology/proxycore/tls/certificate_store.hpp>

#include <algorithm>
#include <cctype>
#include <mutex>
#include <pathology/proxycore/recently_used.hpp>
#include <unordered_map>

#include "tls/authority.hpp"
#include "tls/leaf_names.hpp"

namespace pathology::proxycore::tls {
namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

/// The key of the cache of issued certificates: everything that the certificate depends on. NUL cannot occur in a name.
std::string key_of(LeafNames const& names, KeyType type) {
    std::string key = type == KeyType::rsa_2048 ? "r" : "e";
    for (auto const& part : {common_name_of(names), names.organization, names.crl_url})
        key.append(part).push_back('\0');
    for (auto const& name : names.names) key.append(name).push_back('\0');
    return key;
}

}  // namespace

struct CertificateStore::State {
    State(Authority its_authority, std::size_t its_capacity)
        : authority(std::move(its_authority)), issued(its_capacity) {}

    Identity const* given_for(std::string const& name) const {
        auto const found = given.find(name);
        return found != given.end() ? &found->second : nullptr;
    }

    /// `a.b.c`, then `*.b.c`, then `*.c`.
    Identity const* fitting(std::string name) const {
        if (auto const* exact = given_for(name)) return exact;
        for (auto dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
            if (auto const* wild = given_for("*" + name.substr(dot))) return wild;
        }
        return nullptr;
    }

    // The common name first, then the alternative names; `*` only if no other pattern matches.
    Identity const* find_given(LeafNames const& names) const {
        if (given.empty()) return nullptr;
        if (auto const* found = fitting(lower(common_name_of(names)))) return found;
        for (auto const& name : names.names) {
            if (auto const* found = fitting(lower(name))) return found;
        }
        return given_for("*");
    }

    Authority authority;
    mutable std::mutex mutex;  // guards all members below
    std::unordered_map<std::string, Identity> given;
    RecentlyUsed<Identity> issued;
};

CertificateStore::CertificateStore(Authority authority, std::size_t capacity)
    : state_(std::make_unique<State>(std::move(authority), capacity)) {}

CertificateStore::~CertificateStore() = default;

void CertificateStore::give(std::string_view pattern, Identity identity) {
    std::scoped_lock const lock(state_->mutex);
    state_->given.insert_or_assign(lower(pattern), std::move(identity));
}

Result<Identity> CertificateStore::give_file(std::string_view text, std::string const& passphrase) {
    auto const equals = text.find('=');
    auto const pattern = equals == std::string_view::npos ? std::string_view("*") : text.substr(0, equals);
    auto const file = equals == std::string_view::npos ? text : text.substr(equals + 1);
    auto identity = Identity::load(file, {.passphrase = passphrase, .authority = &state_->authority});
    if (!identity) return identity;
    auto const certificate = identity->certificate();
    for (auto const& name : LeafNames::copied_from(certificate, {}).names) give(name, *identity);
    give(pattern, *identity);
    return identity;
}

Result<Identity> CertificateStore::find(LeafNames const& names) {
    return find(names, state_->authority.state().leaf_key);
}

Result<Identity> CertificateStore::find(LeafNames const& names, KeyType type) {
    auto key = key_of(names, type);
    {
        std::scoped_lock const lock(state_->mutex);
        if (auto const* given = state_->find_given(names)) return *given;
        if (auto const* issued = state_->issued.find(key)) return *issued;
    }
    auto identity = state_->authority.issue(names, type);  // expensive: without the lock
    if (!identity) return identity;
    std::scoped_lock const lock(state_->mutex);
    if (auto const* kept = state_->issued.find(key)) return *kept;  // another thread was faster
    state_->issued.keep(std::move(key), *identity);
    return identity;
}

Authority const& CertificateStore::authority() const noexcept { return state_->authority; }

std::size_t CertificateStore::issued() const {
    std::scoped_lock const lock(state_->mutex);
    return state_->issued.size();
}

}  // namespace pathology::proxycore::tls
