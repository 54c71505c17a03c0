#include <pathology/proxycore/websocket/opcode.hpp>

namespace pathology::proxycore::websocket {

std::string name_of(std::uint8_t opcode) {
    switch (static_cast<Opcode>(opcode)) {
        case Opcode::continuation: return "continue";
        case Opcode::text: return "text";
        case Opcode::binary: return "binary";
        case Opcode::close: return "close";
        case Opcode::ping: return "ping";
        case Opcode::pong: return "pong";
    }
    constexpr std::string_view digits = "0123456789abcdef";
    return std::string("0x") + digits[opcode & 0xfU];
}

}  // namespace pathology::proxycore::websocket
