// Start lines that the grammar behind the reader does not know, rewritten into ones it does.
#pragma once
#include <optional>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/http1/failure.hpp>
#include <pathology/proxycore/http1/settings.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::http1 {

/// What a start line says that the grammar cannot, and the line to show to the grammar instead, if any.
struct StartLine {
    std::optional<Errc> error;
    http::Version version;           ///< as sent
    std::optional<unsigned> status;  ///< as sent, when it has to be rewritten
    std::string rewritten;           ///< with CR LF; empty when the line can go as it is
};

/// Both take the line without its line end. A line that is wrong in other ways goes through for the grammar to judge.
StartLine read_request_line(std::string_view line, Leniency const& leniency);
StartLine read_status_line(std::string_view line, Leniency const& leniency);

/// Whether a reply may go on after these bytes: a status line may, and so may SETTINGS, to be told by its name.
bool may_begin_reply(std::string_view bytes);
/// Whether a server of HTTP/2 begins like this: with the header of a SETTINGS frame (RFC 9113 §3.4, §6.5).
bool begins_with_settings(std::string_view bytes);

}  // namespace pathology::proxycore::http1
