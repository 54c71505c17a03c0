#include "iconv.hpp"

#include <array>
#include <cerrno>

namespace pathology::proxycore::content {
namespace {

using Block = std::array<char, 4096>;

}  // namespace

void Converter::convert(std::string_view& input, std::string& out) {
    Block block;
    for (;;) {
        auto* from = const_cast<char*>(input.data());  // POSIX forgot that it only reads
        auto left = input.size();
        auto* to = block.data();
        auto room = block.size();
        auto const outcome = ::iconv(handle_, &from, &left, &to, &room);
        bool const is_full = outcome == static_cast<std::size_t>(-1) && errno == E2BIG;
        out.append(block.data(), block.size() - room);
        input.remove_prefix(input.size() - left);
        if (!is_full) return;
    }
}

void Converter::finish(std::string& out) {
    Block block;
    auto* to = block.data();
    auto room = block.size();
    ::iconv(handle_, nullptr, nullptr, &to, &room);
    out.append(block.data(), block.size() - room);
}

}  // namespace pathology::proxycore::content
