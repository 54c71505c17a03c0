// Messages under permessage-deflate (RFC 7692 §7.2), by endpoints that speak to each other and by samples of the RFC.
#include <gtest/gtest.h>

#include <ostream>
#include <pathology/proxycore/websocket/session.hpp>

#include "support/for_each_split.hpp"
#include "support/row_name.hpp"
#include "websocket/transcript.hpp"

namespace pathology::proxycore::websocket {
namespace {

using namespace std::string_literals;
using test::masked;
using test::masked_with;
using test::Transcript;

constexpr std::uint8_t rsv1 = 0x40;

SessionSettings settings_of(Role role, DeflateParameters const& agreed) {
    SessionSettings settings;
    settings.role = role;
    settings.deflate = agreed;
    settings.deflate_from = 0;
    settings.masking_key = [] { return MaskingKey{std::byte{0x5a}, std::byte{1}, std::byte{2}, std::byte{3}}; };
    return settings;
}

struct SampleCase {
    std::string_view name;
    std::string wire;
    std::string received;
};
void PrintTo(SampleCase const& row, std::ostream* out) { *out << row.name; }
class CompressedSample : public testing::TestWithParam<SampleCase> {};

TEST_P(CompressedSample, IsReadHoweverItIsCut) {
    pathology::test::for_each_split(
        GetParam().wire, [] { return Session(settings_of(Role::server, {})); },
        [](Session& endpoint, pathology::test::Pieces pieces) {
            EXPECT_EQ(test::transcribe(endpoint, pieces).received, GetParam().received);
        });
}

// RFC 7692 §7.2.3.1 to §7.2.3.6.
auto const hello = "\xf2\x48\xcd\xc9\xc9\x07\0"s;
INSTANTIATE_TEST_SUITE_P(
    Rfc7692, CompressedSample,
    testing::Values(
        SampleCase{"OneBlock", masked_with(rsv1, 1, hello), "text Hello"},
        SampleCase{"Fragmented", masked_with(rsv1, 1, hello.substr(0, 3), false) + masked(0, hello.substr(3)),
                   "text Hello"},
        SampleCase{"SharedWindow", masked_with(rsv1, 1, hello) + masked_with(rsv1, 1, "\xf2\0\x11\0\0"s),
                   "text Hello | text Hello"},
        SampleCase{"StoredBlock", masked_with(rsv1, 1, "\0\x05\0\xfa\xff\x48\x65\x6c\x6c\x6f\0"s), "text Hello"},
        SampleCase{"LastBlock", masked_with(rsv1, 1, "\xf3\x48\xcd\xc9\xc9\x07\0\0"s), "text Hello"},
        SampleCase{"WindowOutlivesALastBlock",
                   masked_with(rsv1, 1, "\xf3\x48\xcd\xc9\xc9\x07\0\0"s) + masked_with(rsv1, 1, "\xf2\0\x11\0\0"s),
                   "text Hello | text Hello"},
        SampleCase{"TwoBlocks", masked_with(rsv1, 1, "\xf2\x48\x05\0\0\0\xff\xff\xca\xc9\xc9\x07\0"s), "text Hello"},
        SampleCase{"Empty", masked_with(rsv1, 1, "\0"s), "text"},
        SampleCase{"EmptyFragments", masked_with(rsv1, 2, "", false) + masked(0, "\0"s), "binary"},
        SampleCase{"NotCompressed", masked(1, "plain") + masked_with(rsv1, 1, hello), "text plain | text Hello"},
        SampleCase{"PingBetween",
                   masked_with(rsv1, 1, hello.substr(0, 3), false) + masked(9, "!") + masked(0, hello.substr(3)),
                   "ping ! | text Hello"},
        SampleCase{"RsvOneOfAContinuation",
                   masked_with(rsv1, 1, hello.substr(0, 3), false) + masked_with(rsv1, 0, hello.substr(3)),
                   "! RSV1 in a continue frame"},
        SampleCase{"RsvOneOfAPing", masked_with(rsv1, 9, ""), "! RSV1 in a ping frame"},
        SampleCase{"RsvTwo", masked_with(rsv1 | 0x20, 1, hello), "! RSV2 in a text frame"},
        SampleCase{"Nonsense", masked_with(rsv1, 1, "\xff\xff\xff\xff"), "! message that does not decompress"},
        SampleCase{"BehindTheWindow", masked_with(rsv1, 1, "\xf2\0\x11\0\0"s), "! message that does not decompress"},
        SampleCase{"NonsenseBehindBadText", masked_with(rsv1, 1, "\0\x02\0\xfd\xff\xc3\x28\xff\xff"s),
                   "! text message that is no UTF-8"},
        SampleCase{"NoUtf8", masked_with(rsv1, 1, "\0\x02\0\xfd\xff\xc3\x28\0"s, false),
                   "! text message that is no UTF-8"}),
    pathology::test::row_name);

struct AgreementCase {
    std::string_view name;
    DeflateParameters agreed;
};
void PrintTo(AgreementCase const& row, std::ostream* out) { *out << row.name; }
class Agreement : public testing::TestWithParam<AgreementCase> {
protected:
    Session client_{settings_of(Role::client, GetParam().agreed)};
    Session server_{settings_of(Role::server, GetParam().agreed)};

    /// Says it to the server, which says it back.
    std::string echoed(std::string_view payload) {
        client_.send({false, payload});
        server_.feed(client_.outgoing());
        client_.clear_outgoing();
        server_.send(std::get<Message>(server_.next().value().value()));
        sent_ = server_.outgoing().size();
        client_.feed(server_.outgoing());
        server_.clear_outgoing();
        return std::string(std::get<Message>(client_.next().value().value()).payload);
    }
    std::size_t sent_ = 0;  // bytes of the server's last frame
};

/// Text that repeats itself at every distance up to 64 KiB, with noise.
std::string some_text(std::size_t size, std::uint32_t seed) {
    std::string text;
    for (std::uint32_t x = seed; text.size() < size;) {
        x = x * 1664525 + 1013904223;
        std::size_t const back = x >> 16U;
        std::size_t const length = x % 61;
        if (back > 0 && back <= text.size()) text += text.substr(text.size() - back, length);
        text += static_cast<char>('a' + (x >> 8U) % 26);
    }
    text.resize(size);
    return text;
}

TEST_P(Agreement, CarriesMessagesOfEverySizeBothWays) {
    for (std::uint32_t const size : {0U, 1U, 31U, 125U, 126U, 1000U, 65535U, 65536U, 200000U}) {
        auto const text = some_text(size, size);
        EXPECT_TRUE(echoed(text) == text) << size;
    }
}

TEST_P(Agreement, ForgetsOrRemembersAsAgreed) {
    auto const text = some_text(200, 7);
    echoed(text);
    auto const first = sent_;
    echoed(text);
    if (GetParam().agreed.server_no_context_takeover) {
        EXPECT_EQ(sent_, first);
    } else {
        EXPECT_LT(sent_, first / 2);
    }
}

INSTANTIATE_TEST_SUITE_P(Rfc7692, Agreement,
                         testing::Values(AgreementCase{"Plain", {}},
                                         AgreementCase{"ServerForgets", {.server_no_context_takeover = true}},
                                         AgreementCase{"ClientForgets", {.client_no_context_takeover = true}},
                                         AgreementCase{"BothForget", {true, true, {}, {}}},
                                         AgreementCase{"SmallestWindows", {false, false, 8, 8}},
                                         AgreementCase{"SmallWindows", {false, false, 9, 10}},
                                         AgreementCase{"SmallWindowsForgotten", {true, true, 9, 15}},
                                         AgreementCase{"WidestWindows", {false, false, 15, 15}}),
                         pathology::test::row_name);

TEST(Compression, LeavesSmallMessagesAlone) {
    auto settings = settings_of(Role::server, {});
    settings.deflate_from = 10;
    Session endpoint(settings);
    endpoint.send({true, "123456789"});
    EXPECT_EQ(test::shown_frames(endpoint.outgoing()), "text 123456789");
    endpoint.clear_outgoing();
    endpoint.send({true, "1234567890"});
    EXPECT_EQ(static_cast<unsigned char>(endpoint.outgoing()[0]), 0xc1);
}

TEST(Compression, CannotBlowUpAMessage) {
    auto settings = settings_of(Role::server, {});
    settings.largest_message = 100000;
    auto dense = settings_of(Role::client, {});
    dense.deflate_level = 9;
    for (std::size_t const size : {100000U, 100001U, 50000000U}) {
        Session server(settings);
        Session client(dense);
        client.send({false, std::string(size, '\0')});
        ASSERT_LT(client.outgoing().size(), 100000u);
        server.feed(client.outgoing());
        auto const event = server.next();
        ASSERT_EQ(event.has_value(), size <= 100000) << size;
        if (!event) {
            EXPECT_EQ(event.error().code, Errc::too_large);
        }
    }
}

// A window of 256 bytes is nothing zlib makes raw streams for; what it makes for 512 has to fit a strict reader of 256.
TEST(Deflater, KeepsToAWindowOf256Bytes) {
    DeflateParameters const agreed{.server_max_window_bits = 8};
    for (int level = 1; level <= 9; ++level) {
        Deflater deflater(agreed, Role::server, level);
        Inflater inflater(agreed, Role::server);
        for (std::uint32_t seed = 0; seed < 20; ++seed) {
            auto const text = some_text(3000, seed);
            std::string wire, back;
            deflater.compress(text, wire);
            ASSERT_EQ(inflater.decompress(wire, back, text.size()), Inflater::Status::ok);
            ASSERT_EQ(inflater.finish(back, text.size()), Inflater::Status::ok);
            ASSERT_TRUE(back == text) << "level " << level << " seed " << seed;
        }
    }
}

TEST(Inflater, ReportsTooLargeAtTheFirstByteTooMany) {
    Deflater deflater({}, Role::server, 9);
    std::string wire;
    deflater.compress("abc", wire);
    for (std::size_t const limit : {2U, 3U}) {
        Inflater inflater({}, Role::server);
        std::string out;
        auto status = inflater.decompress(wire, out, limit);
        if (status == Inflater::Status::ok) status = inflater.finish(out, limit);
        EXPECT_EQ(status, limit == 3 ? Inflater::Status::ok : Inflater::Status::too_large);
    }
}

}  // namespace
}  // namespace pathology::proxycore::websocket
