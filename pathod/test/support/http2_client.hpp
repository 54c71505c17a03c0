#pragma once
// A daemon that is asked in frames of HTTP/2, and its frames as lines of text.

#include <cstdint>
#include <pathology/pathod/daemon.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "http2/frames.hpp"

namespace pathology::pathod::test {

namespace flag = proxycore::http2::flag;

/// The frame that begins a request; with other flags, content follows.
std::string request(std::uint32_t stream, std::string_view path, std::string_view method = "GET",
                    unsigned flags = flag::end_headers | flag::end_stream);

/// The frames of a server as lines, fields spelled out; SETTINGS and WINDOW_UPDATE left out.
std::string reported(std::string_view wire);

/// The lines of each stream together: a first response may be over before a second request has come.
std::vector<std::string> by_stream(std::string const& text);

/// A daemon that was started.
class RunningHttp2 {
public:
    explicit RunningHttp2(DaemonOptions options = {});
    /// All that a client gets who sends these frames and nothing more.
    std::string ask(std::string_view frames);

    Daemon daemon;
};

// The session sends the heads it has before any content.
inline std::string const abc_head = "HEADERS 1 :status=200 content-length=3\n";
inline std::string const abc_body = "DATA 1 END_STREAM 'abc'\n";
inline std::string const abc = abc_head + abc_body;
inline std::string const other = "HEADERS 3 END_STREAM :status=201 content-length=0\n";

}  // namespace pathology::pathod::test
