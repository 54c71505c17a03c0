#include "complaint.hpp"

#include <string_view>

namespace pathology::pathod {
namespace {

using proxycore::http1::Errc;

/// The bytes that a reader's sentence quotes, with their quotes; the sentence itself when it quotes none.
std::string_view quoted_in(std::string_view sentence) {
    auto const first = sentence.find('"');
    auto const last = sentence.rfind('"');
    return first == last ? sentence : sentence.substr(first, last - first + 1);
}

std::string_view title(Errc code) {
    switch (code) {
        case Errc::bad_start_line:
        case Errc::bad_version: return "Bad HTTP request line: ";
        case Errc::bad_field:
        case Errc::line_folding: return "Invalid header line: ";
        case Errc::bad_content_length: return "Unparseable Content Length: ";
        case Errc::eof_in_head:
        case Errc::eof_in_body: return "Unexpected EOF: ";
        default: return "Bad HTTP request: ";
    }
}

bool quotes_what_is_wrong(Errc code) {
    return code == Errc::bad_start_line || code == Errc::bad_version || code == Errc::bad_field ||
           code == Errc::line_folding || code == Errc::bad_content_length;
}

}  // namespace

std::string complaint(proxycore::http1::Failure const& failure) {
    std::string_view const sentence = failure.message;
    auto const what = quotes_what_is_wrong(failure.code) ? quoted_in(sentence) : sentence;
    auto line = std::string(title(failure.code)).append(what);
    if (failure.code == Errc::bad_start_line && what.starts_with("\"CONNECT ")) line += " (CONNECT takes HOST:PORT)";
    return line;
}

}  // namespace pathology::pathod
