// What a reader makes of some bytes, as lines of text that a test can write down:
//   head GET /x HTTP/1.1 | Host: a      body "hello"      end | Trailer: t      closed      failed bad request line …
#pragma once
#include <pathology/proxycore/http1/reader.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/for_each_split.hpp"

namespace pathology::test {

/// Whether the peer ends its side after the bytes.
enum class After { open, eof };

struct Transcript {
    std::vector<std::string> lines;
    std::string raw;  // of all events, joined
    std::optional<proxycore::http1::Failure> failure;
};

/// Feeds the pieces and collects all events; adjacent body pieces become one line.
Transcript transcribe(proxycore::http1::RequestReader& reader, Pieces pieces, After after);
Transcript transcribe(proxycore::http1::ResponseReader& reader, Pieces pieces, After after);

/// The failure with which a fresh strict reader meets `wire`, whole; nothing when there is none.
std::optional<proxycore::http1::Failure> failure_of_request(std::string_view wire,
                                                            proxycore::http1::Limits const& limits = {},
                                                            proxycore::http1::Leniency const& leniency = {},
                                                            After after = After::open);
std::optional<proxycore::http1::Failure> failure_of_response(std::string_view wire,
                                                             proxycore::http1::Limits const& limits = {},
                                                             proxycore::http1::Leniency const& leniency = {},
                                                             After after = After::open);

}  // namespace pathology::test
