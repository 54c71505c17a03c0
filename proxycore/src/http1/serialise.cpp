#include <array>
#include <charconv>
#include <pathology/proxycore/http1/serialise.hpp>

namespace pathology::proxycore::http1 {
namespace {

void append(std::string& out, http::Fields const& fields) {
    for (auto const field : fields) out.append(field.name).append(": ").append(field.value).append("\r\n");
    out.append("\r\n");
}

}  // namespace

void append(std::string& out, http::RequestHead const& head) {
    out.append(head.method).append(" ").append(head.target).append(" ");
    out.append(to_string(head.version)).append("\r\n");
    append(out, head.fields);
}

void append(std::string& out, http::ResponseHead const& head) {
    auto const status = std::to_string(head.status);
    out.append(to_string(head.version)).append(" ");
    out.append(status.size() < 3 ? 3 - status.size() : 0, '0').append(status);
    // RFC 9112 §4: the space before an absent reason is not optional.
    out.append(" ").append(head.reason).append("\r\n");
    append(out, head.fields);
}

std::string serialise(http::RequestHead const& head) {
    std::string out;
    append(out, head);
    return out;
}

std::string serialise(http::ResponseHead const& head) {
    std::string out;
    append(out, head);
    return out;
}

std::string chunk_header(std::uint64_t size) {
    std::array<char, 16> digits{};
    auto const end = std::to_chars(digits.begin(), digits.end(), size, 16).ptr;
    return std::string(digits.data(), end).append("\r\n");
}

std::string last_chunk(http::Fields const& trailers) {
    std::string out = "0\r\n";
    append(out, trailers);
    return out;
}

}  // namespace pathology::proxycore::http1
