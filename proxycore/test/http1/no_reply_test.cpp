// Bytes that no reply begins with: told of as soon as they show, and the same under every cut.
#include <gtest/gtest.h>

#include <ostream>

#include "http1/transcript.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::http1 {
namespace {

struct EarlyCase {
    std::string_view name, wire;
    std::size_t needed;  ///< so many bytes tell that this is no reply
    std::string_view message;
    Leniency leniency = {};
    Errc code = Errc::bad_start_line;
};
void PrintTo(EarlyCase const& row, std::ostream* out) { *out << row.name; }
class ResponseThatIsNone : public testing::TestWithParam<EarlyCase> {};

// What has not come is not quoted, so the sentence is that of the whole.
TEST_P(ResponseThatIsNone, FailsAsSoonAsItShows) {
    auto const& row = GetParam();
    test::for_each_split(
        row.wire, [&] { return ResponseReader({}, row.leniency); },
        [&](ResponseReader& reader, test::Pieces pieces) {
            std::size_t came = 0;
            for (auto const piece : pieces) {
                reader.feed(piece);
                came += piece.size();
                auto const outcome = reader.next();
                ASSERT_EQ(outcome.has_error(), came >= row.needed) << "after " << came << " bytes";
                if (!outcome) {
                    EXPECT_EQ(outcome.error().code, row.code);
                    EXPECT_EQ(outcome.error().offset, 0u);
                }
            }
        });
    EXPECT_EQ(test::failure_of_response(row.wire, {}, row.leniency).value().message, row.message);
}

constexpr std::string_view settings_frame("\0\0\6\4\0\0\0\0\0\0\3\0\0\0\x64", 15);

INSTANTIATE_TEST_SUITE_P(
    Rfc9112, ResponseThatIsNone,
    testing::Values(
        EarlyCase{"ByteInFront", "xHTTP/1.1 200 OK\r\n", 1, "bad status line \"xHTTP/1.1 200 OK\" at byte 0"},
        EarlyCase{"ByteInFrontLenient", "xHTTP/1.1 200 OK\n", 1, "bad status line \"xHTTP/1.1 200 OK\" at byte 0",
                  Leniency::all()},
        EarlyCase{"LineWithoutEnd", "login: ", 1, "bad status line \"login: \" at byte 0"},
        EarlyCase{"AnotherName", "HTPP/1.1", 3, "bad status line \"HTPP/1.1\" at byte 0"},
        EarlyCase{"SmallLetters", "http/1.1", 1, "bad status line \"http/1.1\" at byte 0"},
        EarlyCase{"NoMajorVersion", "HTTP/x.1", 6, "bad status line \"HTTP/x.1\" at byte 0"},
        EarlyCase{"NoMinorVersion", "HTTP/1 200", 7, "bad status line \"HTTP/1 200\" at byte 0"},
        EarlyCase{"LongVersion", "HTTP/1.10 200", 9, "bad status line \"HTTP/1.10 200\" at byte 0"},
        EarlyCase{"Tls", "\x15\x03\x01", 1, "bad status line \"\\x15\\x03\\x01\" at byte 0"},
        EarlyCase{"Http2",
                  settings_frame,
                  9,
                  "the server uses HTTP/2: SETTINGS in place of a status line at byte 0",
                  {},
                  Errc::http2_settings},
        EarlyCase{"Http2WithoutSettings", std::string_view("\0\0\0\4\0\0\0\0\0", 9), 9,
                  "the server uses HTTP/2: SETTINGS in place of a status line at byte 0", Leniency::all(),
                  Errc::http2_settings},
        EarlyCase{"FrameOfAnotherType", std::string_view("\0\0\6\1\0", 5), 4,
                  "bad status line \"\\x00\\x00\\x06\\x01\\x00\" at byte 0"},
        EarlyCase{"LineEndBehindAZero", std::string_view("\0\nz\0\5", 5), 2, "bad status line \"\\x00\" at byte 0"},
        EarlyCase{"LineEndBehindAZeroLenient", std::string_view("\0\r\n", 3), 2, "bad status line \"\\x00\" at byte 0",
                  Leniency::all()},
        EarlyCase{"SettingsOnAStream", std::string_view("\0\0\6\4\0\0\0\0\1", 9), 9,
                  "bad status line \"\\x00\\x00\\x06\\x04\\x00\\x00\\x00\\x00\\x01\" at byte 0"}),
    test::row_name);

}  // namespace
}  // namespace pathology::proxycore::http1
