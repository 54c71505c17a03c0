#include "tls/sessions.hpp"

#include <algorithm>
#include <ctime>
#include <utility>

namespace pathology::proxycore::tls {
namespace {

constexpr std::size_t max_per_server = 2;
constexpr long max_lifetime = 3600;  // seconds

bool is_fresh(SSL_SESSION const* session) {
    auto const lifetime = std::min(SSL_SESSION_get_timeout(session), max_lifetime);
    return SSL_SESSION_is_resumable(session) == 1 && std::time(nullptr) - SSL_SESSION_get_time(session) < lifetime;
}

}  // namespace

void Sessions::State::keep(std::string const& server, SessionPtr session) {
    auto* known = of.find(server);
    if (known == nullptr) known = &of.keep(server, {});
    known->push_back(std::move(session));
    if (known->size() > max_per_server) known->pop_front();
}

SessionPtr Sessions::State::take(std::string_view server) {
    auto* const known = of.find(server);
    while (known != nullptr && !known->empty()) {
        auto session = std::move(known->back());
        known->pop_back();
        if (is_fresh(session.get())) return session;
    }
    return nullptr;
}

Sessions::Sessions(std::size_t max_servers) : state_(std::make_unique<State>(max_servers)) {}
Sessions::~Sessions() = default;

std::size_t Sessions::left_for(std::string_view server) {
    auto* const known = state_->of.find(server);
    if (known == nullptr) return 0;
    return static_cast<std::size_t>(
        std::ranges::count_if(*known, [](auto const& session) { return is_fresh(session.get()); }));
}

}  // namespace pathology::proxycore::tls
