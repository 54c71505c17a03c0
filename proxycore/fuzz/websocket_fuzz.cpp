// Any bytes, heard by an Session of each role with and without compression: whole and in pieces it hears the same, and
// what a client says a server understands.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <pathology/proxycore/websocket/session.hpp>
#include <string>
#include <string_view>

namespace {

using namespace pathology::proxycore::websocket;

SessionSettings settings_of(Role role, bool deflates) {
    SessionSettings settings;
    settings.role = role;
    settings.largest_message = 1U << 20U;
    settings.deflate_from = 1;
    settings.masking_key = [] { return MaskingKey{std::byte{1}, std::byte{0}, std::byte{0xff}, std::byte{7}}; };
    if (deflates) settings.deflate.emplace();
    return settings;
}

struct Hear {
    std::string operator()(Message const& m) const { return (m.is_text ? "t" : "b") + std::string(m.payload); }
    std::string operator()(Ping const& ping) const { return "i" + std::string(ping.payload); }
    std::string operator()(Pong const& pong) const { return "o" + std::string(pong.payload); }
    std::string operator()(Close const& close) const {
        return "c" + std::to_string(close.code.value_or(0)) + close.reason;
    }
};

struct Received {
    std::string events{};
    bool is_broken = false;
    bool operator==(Received const&) const = default;
};

Received receive(Session& endpoint, std::string_view wire, std::size_t step) {
    Received received;
    for (; !wire.empty(); wire.remove_prefix(std::min(step, wire.size()))) {
        endpoint.feed(wire.substr(0, step));
        for (auto event = endpoint.next(); !event || *event; event = endpoint.next()) {
            if (!event) return {received.events + event.error().message, true};
            received.events += std::visit(Hear{}, **event);
            if (auto const* message = std::get_if<Message>(&**event)) endpoint.send(*message);
        }
    }
    return received;
}

void demand(bool holds, char const* what) {
    if (holds) return;
    std::fprintf(stderr, "%s\n", what);
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size < 2) return 0;
    std::size_t const step = 1 + data[0] % 16;
    bool const deflates = (data[1] & 1) != 0;
    std::string_view const wire(reinterpret_cast<char const*>(data) + 2, size - 2);
    for (Role const role : {Role::server, Role::client}) {
        Session whole(settings_of(role, deflates));
        Session pieces(settings_of(role, deflates));
        demand(receive(whole, wire, wire.size()) == receive(pieces, wire, step), "pieces are heard otherwise");
        demand(whole.outgoing() == pieces.outgoing(), "pieces are answered otherwise");
        Session peer(settings_of(role == Role::server ? Role::client : Role::server, deflates));
        demand(!receive(peer, whole.outgoing(), 4096).is_broken, "the peer does not understand");
    }
    Session client(settings_of(Role::client, deflates));
    Session server(settings_of(Role::server, deflates));
    client.send({false, wire});
    demand(receive(server, client.outgoing(), 4096).events == "b" + std::string(wire), "a message does not arrive");
    return 0;
}
