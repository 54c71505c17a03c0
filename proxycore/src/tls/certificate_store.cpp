// Certificates for clients: given ones first, then issued ones, which are cached by everything that they depend on.
//
//      find(names) ─▶ given, by pattern ─▶ issued, in the cache ─▶ authority.issue(), without the lock ─▶ cache
//      slow_work() ─▶ the same as far as the cache, then find() as work for another thread

#include <pathology/proxycore/tls/certificate_store.hpp>

#include <algorithm>
#include <cctype>
#include <mutex>
#include <optional>
#include <pathology/proxycore/recently_used.hpp>
#include <unordered_map>
#include <vector>

#include "tls/authority.hpp"
#include "tls/identity.hpp"
#include "tls/leaf_names.hpp"

namespace pathology::proxycore::tls {
namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

/// Everything that a certificate for a client depends on.
struct Wanted {
    LeafNames names;
    AcceptedCertificates accepted{};
    KeyType type = KeyType::ecdsa_p256;
    std::uint16_t signature = 0;
};

/// The key of the cache of issued certificates. NUL cannot occur in a name.
std::string key_of(Wanted const& wanted) {
    auto const& names = wanted.names;
    std::string key = (wanted.type == KeyType::rsa_2048 ? "r" : "e") + std::to_string(wanted.signature);
    for (auto const& part : {common_name_of(names), names.organization, names.crl_url})
        key.append(part).push_back('\0');
    for (auto const& name : names.names) key.append(name).push_back('\0');
    return key;
}

/// The certificates of one pattern, of different types of keys, the preferred one first.
using Alternatives = std::vector<Identity>;

/// The first of those that suit the client best.
Identity const& best_of(Alternatives const& given, AcceptedCertificates const& accepted) {
    if (given.size() == 1) return given.front();
    return *std::ranges::max_element(given, {},
                                     [&](auto const& one) { return fit_of(one.parts().description(), accepted); });
}

}  // namespace

struct CertificateStore::State {
    State(Authority its_authority, std::size_t its_capacity)
        : authority(std::move(its_authority)), issued(its_capacity) {}

    Alternatives const* given_for(std::string const& name) const {
        auto const found = given.find(name);
        return found != given.end() ? &found->second : nullptr;
    }

    /// `a.b.c`, then `*.b.c`, then `*.c`.
    Alternatives const* fitting(std::string name) const {
        if (auto const* exact = given_for(name)) return exact;
        for (auto dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
            if (auto const* wild = given_for("*" + name.substr(dot))) return wild;
        }
        return nullptr;
    }

    // The common name first, then the alternative names; `*` only if no other pattern matches.
    Alternatives const* find_given(LeafNames const& names) const {
        if (given.empty()) return nullptr;
        if (auto const* found = fitting(lower(common_name_of(names)))) return found;
        for (auto const& name : names.names) {
            if (auto const* found = fitting(lower(name))) return found;
        }
        return given_for("*");
    }

    Wanted wanted(LeafNames const& names, AcceptedCertificates const& accepted) const {
        return {names, accepted, key_for(accepted), signature_for(authority.key_type(), accepted)};
    }

    /// A certificate that need not be issued, given or in the cache.
    std::optional<Identity> find_ready(Wanted const& wanted) {
        std::scoped_lock const lock(mutex);
        if (auto const* found = find_given(wanted.names)) return best_of(*found, wanted.accepted);
        auto const* kept = issued.find(key_of(wanted));
        return kept != nullptr ? std::optional(*kept) : std::nullopt;
    }

    Result<Identity> find(Wanted const& wanted) {
        if (auto ready = find_ready(wanted)) return *std::move(ready);
        auto identity = authority.issue(wanted.names, wanted.type, wanted.signature);  // expensive: without the lock
        if (!identity) return identity;
        auto key = key_of(wanted);
        std::scoped_lock const lock(mutex);
        if (auto const* kept = issued.find(key)) return *kept;  // another thread was faster
        issued.keep(std::move(key), *identity);
        return identity;
    }

    Authority authority;
    mutable std::mutex mutex;                             // guards all members below
    std::unordered_map<std::string, Alternatives> given;  // by pattern
    RecentlyUsed<Identity> issued;
};

CertificateStore::CertificateStore(Authority authority, std::size_t capacity)
    : state_(std::make_shared<State>(std::move(authority), capacity)) {}

CertificateStore::~CertificateStore() = default;

void CertificateStore::give(std::string_view pattern, Identity identity) {
    std::scoped_lock const lock(state_->mutex);
    auto& alternatives = state_->given[lower(pattern)];
    auto const type = identity.certificate().key_type;
    std::erase_if(alternatives, [&](auto const& earlier) { return earlier.certificate().key_type == type; });
    alternatives.insert(alternatives.begin(), std::move(identity));
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
    return state_->find({.names = names, .type = type});
}

Result<Identity> CertificateStore::find(LeafNames const& names, AcceptedCertificates const& accepted) {
    return state_->find(state_->wanted(names, accepted));
}

std::function<void()> CertificateStore::slow_work(LeafNames const& names, AcceptedCertificates const& accepted) const {
    if (!state_->authority.state().is_slow(key_for(accepted))) return nullptr;  // most handshakes
    auto wanted = state_->wanted(names, accepted);
    if (state_->find_ready(wanted)) return nullptr;
    // A failure is found again by find(), which is quick to fail.
    return [state = state_, wanted = std::move(wanted)] { (void)state->find(wanted); };
}

Authority const& CertificateStore::authority() const noexcept { return state_->authority; }

std::size_t CertificateStore::issued() const {
    std::scoped_lock const lock(state_->mutex);
    return state_->issued.size();
}

}  // namespace pathology::proxycore::tls
