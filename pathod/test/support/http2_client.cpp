#include "support/http2_client.hpp"

#include <algorithm>
#include <pathology/proxycore/http2/frame_reader.hpp>
#include <pathology/proxycore/http2/header_decoder.hpp>
#include <sstream>
#include <utility>

#include "support/client.hpp"

namespace pathology::pathod::test {

using namespace proxycore::http2::test;
using proxycore::http2::FrameType;

std::string request(std::uint32_t stream, std::string_view path, std::string_view method, unsigned flags) {
    return headers(stream, {{":method", method}, {":scheme", "http"}, {":path", path}, {":authority", "x"}}, flags);
}

std::string reported(std::string_view wire) {
    proxycore::http2::FrameReader reader;
    proxycore::http2::HeaderDecoder decoder;
    reader.feed(wire);
    std::string text;
    while (auto const next = reader.next().value()) {
        auto const type = FrameType{next->header.type};
        if (type == FrameType::settings || type == FrameType::window_update) continue;
        if (type != FrameType::headers) {
            text += lines(encode(next->header).append(next->payload));
            continue;
        }
        text += "HEADERS " + std::to_string(next->header.stream) +
                ((next->header.flags & flag::end_stream) != 0 ? " END_STREAM" : "");
        for (auto const& [name, value] : decoder.decode(next->payload).value().fields)
            text += " " + std::string(name) + "=" + std::string(value);
        text += '\n';
    }
    if (!reader.buffered().empty()) text += "and " + std::to_string(reader.buffered().size()) + " bytes\n";
    return without_port(text);
}

std::vector<std::string> by_stream(std::string const& text) {
    std::vector<std::pair<int, std::string>> sorted;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        std::istringstream words(line);
        std::string type;
        int stream = sorted.empty() ? 0 : sorted.back().first;  // what names none belongs to the line before
        if (int number = 0; words >> type >> number) stream = number;
        sorted.emplace_back(stream, line);
    }
    std::stable_sort(sorted.begin(), sorted.end(), [](auto const& a, auto const& b) { return a.first < b.first; });
    std::vector<std::string> lines;
    lines.reserve(sorted.size());
    for (auto& [stream, line] : sorted) lines.push_back(std::move(line));
    return lines;
}

RunningHttp2::RunningHttp2(DaemonOptions options) : daemon(std::move(options)) { daemon.start().value(); }

std::string RunningHttp2::ask(std::string_view frames) {
    return reported(Client(daemon.port()).ask(hello().append(frames)));
}

}  // namespace pathology::pathod::test
