#include <algorithm>
#include <array>
#include <pathology/proxycore/http/judgement.hpp>
#include <pathology/proxycore/http/target.hpp>

namespace pathology::proxycore::http {
namespace {

// RFC 3986 §2: unreserved, reserved without "#" (a target has no fragment), and "%".
constexpr auto uri_bytes = [] {
    std::array<bool, 256> table{};
    for (char c = 'a'; c <= 'z'; ++c) table[static_cast<unsigned char>(c)] = true;
    for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<unsigned char>(c)] = true;
    for (char c = '0'; c <= '9'; ++c) table[static_cast<unsigned char>(c)] = true;
    for (char const c : std::string_view("-._~:/?[]@!$&'()*+,;=%")) table[static_cast<unsigned char>(c)] = true;
    return table;
}();

bool keeps_body(std::string_view coding) {
    for (std::string_view const known : {"", "chunked", "identity"})
        if (list_has_token(coding, known)) return true;
    return false;
}

bool changes_body(std::string_view codings) {
    for (;;) {
        auto const comma = codings.find(',');
        if (!keeps_body(codings.substr(0, comma))) return true;
        if (comma == std::string_view::npos) return false;
        codings.remove_prefix(comma + 1);
    }
}

}  // namespace

bool is_uri_text(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return uri_bytes[static_cast<unsigned char>(c)]; });
}

bool fits_method(std::string_view target, std::string_view method, bool any_asterisk) {
    auto const form = parse_target(target).form;
    if (form == TargetForm::none) return false;
    // §3.2.3: the authority-form "is only used for CONNECT", and CONNECT "MUST" use it.
    if ((form == TargetForm::authority) != (method == "CONNECT")) return false;
    // §3.2.4: the asterisk-form "is only used for a server-wide OPTIONS request".
    return form != TargetForm::asterisk || method == "OPTIONS" || any_asterisk;
}

std::optional<std::string_view> find_coding_beyond_chunked(Fields const& fields) {
    for (auto const field : fields)
        if (equals_ignoring_case(field.name, "Transfer-Encoding") && changes_body(field.value)) return field.value;
    return std::nullopt;
}

}  // namespace pathology::proxycore::http
