// Frames and field blocks written short, for tests of both directions.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <pathology/proxycore/http2/frame_header.hpp>
#include <pathology/proxycore/http2/names.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace pathology::proxycore::http2::test {

using FieldList = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// One frame; its length is the payload's.
std::string frame(FrameType type, unsigned flags, std::uint32_t stream, std::string_view payload = {});

/// Literals without indexing, nothing but plain text: what a block says can be read in the test that fails.
std::string block(FieldList fields);

/// A number in four bytes, as in RST_STREAM and WINDOW_UPDATE.
std::string number(std::uint32_t value);
/// One entry of SETTINGS.
std::string setting(SettingId id, std::uint32_t value);

/// HEADERS with the fields of `GET /`, END_HEADERS and END_STREAM unless said otherwise.
std::string get(std::uint32_t stream, unsigned flags = flag::end_headers | flag::end_stream);
/// HEADERS with these fields.
std::string headers(std::uint32_t stream, FieldList fields, unsigned flags = flag::end_headers | flag::end_stream);
/// The same with a block as it is.
std::string headers(std::uint32_t stream, std::string_view block,
                    unsigned flags = flag::end_headers | flag::end_stream);
std::string data(std::uint32_t stream, std::string_view payload, unsigned flags = 0);
std::string settings(std::string_view entries = {}, unsigned flags = 0);
std::string ping(std::string_view eight, unsigned flags = 0);
std::string window_update(std::uint32_t stream, std::uint32_t increment);
std::string rst_stream(std::uint32_t stream, ErrorCode error);

/// The preface, and an empty SETTINGS.
std::string hello();

/// Frames as lines: `HEADERS 1 END_STREAM,END_HEADERS`, `DATA 1 'abc'`, `RST_STREAM 1 CANCEL`, `GOAWAY 1
/// PROTOCOL_ERROR`, `SETTINGS ACK`, `PING ACK`. What is no whole frame at the end is a line of its own.
std::string lines(std::string_view wire);

}  // namespace pathology::proxycore::http2::test
