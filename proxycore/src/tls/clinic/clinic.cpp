// The cases of the clinic by name, and their certificates, which are cached by case, name and type of key.
#include <pathology/proxycore/tls/clinic.hpp>

#include <algorithm>
#include <mutex>
#include <optional>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/recently_used.hpp>

#include "tls/clinic/case_rows.hpp"

namespace pathology::proxycore::tls {
namespace {

std::vector<CaseRow> const& all_rows() {
    static auto const rows = [] {
        std::vector<CaseRow> all;
        for (auto const& some : {validity_cases(), name_cases(), usage_cases(), key_cases(), chain_cases(),
                                 revocation_cases(), handshake_cases()})
            all.insert(all.end(), some.begin(), some.end());
        return all;
    }();
    return rows;
}

/// Other characters could have a meaning in OpenSSL's configuration syntax.
bool is_host_name(std::string_view name) {
    constexpr std::size_t max_size = 253;  // RFC 1035 §2.3.4
    auto const is_good = [](char c) { return ascii::is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; };
    return name.size() <= max_size && std::ranges::all_of(name, is_good);
}

bool begins_with_label(std::string_view name, std::string_view label) {
    return !label.empty() && name.size() > label.size() + 1 && name.starts_with(label) && name[label.size()] == '.';
}

CaseRow const& row_of(ClinicCase const& which) {
    return all_rows()[static_cast<std::size_t>(&which - clinic_cases().data())];
}

/// What a certificate of the clinic depends on.
struct Wanted {
    CaseRow const* row;
    std::string name;
    KeyType key;
};

std::string key_of(Wanted const& wanted) {
    return std::string(wanted.row->about.label) + (wanted.key == KeyType::rsa_2048 ? " r " : " e ") + wanted.name;
}

}  // namespace

std::vector<ClinicCase> const& clinic_cases() {
    static auto const cases = [] {
        std::vector<ClinicCase> all;
        for (auto const& row : all_rows()) all.push_back(row.about);
        return all;
    }();
    return cases;
}

ClinicCase const* find_clinic_case(std::string_view server_name) {
    if (!is_host_name(server_name)) return nullptr;
    auto const name = ascii::lowered(server_name);
    auto const found = std::ranges::find_if(clinic_cases(), [&](ClinicCase const& one) {
        return begins_with_label(name, one.label) || begins_with_label(name, one.alias);
    });
    return found != clinic_cases().end() ? &*found : nullptr;
}

struct Clinic::State {
    State(Authority its_authority, std::size_t capacity) : authority(std::move(its_authority)), made(capacity) {}

    std::optional<Identity> find_ready(Wanted const& wanted) {
        std::scoped_lock const lock(mutex);
        auto const* kept = made.find(key_of(wanted));
        return kept != nullptr ? std::optional(*kept) : std::nullopt;
    }

    Result<Identity> find(Wanted const& wanted) {
        if (auto ready = find_ready(wanted)) return *std::move(ready);
        CaseMaker maker(authority.state(), keys, wanted.name, wanted.key);
        if (wanted.row->change != nullptr) wanted.row->change(maker);
        auto identity = maker.make();
        if (!identity) return identity;
        auto key = key_of(wanted);
        std::scoped_lock const lock(mutex);
        if (auto const* kept = made.find(key)) return *kept;  // another thread was faster
        made.keep(std::move(key), *identity);
        return identity;
    }

    Authority authority;
    ClinicKeys keys;
    mutable std::mutex mutex;  // guards `made`
    RecentlyUsed<Identity> made;
};

Clinic::Clinic(Authority authority, std::size_t capacity)
    : state_(std::make_shared<State>(std::move(authority), capacity)) {}

Clinic::~Clinic() = default;

HandshakeSettings Clinic::settings_for(ClinicCase const& which) const {
    auto* const settings = row_of(which).settings;
    return settings != nullptr ? settings() : HandshakeSettings{};
}

Result<Identity> Clinic::find(ClinicCase const& which, std::string const& server_name, KeyType key) {
    return state_->find({&row_of(which), server_name, key});
}

std::function<void()> Clinic::slow_work(ClinicCase const& which, std::string const& server_name, KeyType key) const {
    Wanted wanted{&row_of(which), server_name, key};
    if (state_->find_ready(wanted)) return nullptr;
    // A failure is found again by find().
    return [state = state_, wanted = std::move(wanted)] { (void)state->find(wanted); };
}

std::size_t Clinic::issued() const {
    std::scoped_lock const lock(state_->mutex);
    return state_->made.size();
}

}  // namespace pathology::proxycore::tls
