// First messages of clients, whole, in pieces and broken.
#include <pathology/proxycore/tls/client_hello.hpp>

#include <gmock/gmock.h>

#include <optional>
#include <vector>

#include "support/for_each_split.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::tls {
namespace {

using testing::Contains;
using testing::ElementsAre;

std::string hello_of(ConnectSettings const& settings, ServerName const& name = ServerName::of("origin.test")) {
    test::EnginePair pair({}, settings, name);
    pair.client.handshake();
    std::string bytes;
    pair.client.take_outgoing(bytes);
    return bytes;
}

std::string hello() {
    ConnectSettings settings;
    settings.alpn = {"h2", "http/1.1"};
    return hello_of(settings);
}

TEST(ClientHello, IsReadHoweverItIsCut) {
    auto const make = [] { return std::make_unique<ClientHelloReader>(); };
    pathology::test::for_each_split(hello(), make, [](auto& reader, pathology::test::Pieces pieces) {
        std::optional<ClientHello> found;
        for (auto const piece : pieces) {
            ASSERT_FALSE(found) << "before the last byte";
            auto const fed = reader->feed(piece);
            ASSERT_TRUE(fed) << fed.error().message;
            found = *fed;
        }
        ASSERT_TRUE(found);
        EXPECT_EQ(found->sni, "origin.test");
        EXPECT_THAT(found->alpn, ElementsAre("h2", "http/1.1"));
        EXPECT_THAT(found->versions, ElementsAre(0x0304, 0x0303));
        EXPECT_THAT(found->ciphers, Contains(0x1301));
    });
}

TEST(ClientHello, MayCarryNothing) {
    ConnectSettings settings;
    settings.versions = {Version::tls1_2, Version::tls1_2};
    auto const found = ClientHelloReader().feed(hello_of(settings, {})).value();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->sni, "");
    EXPECT_TRUE(found->alpn.empty());
    EXPECT_THAT(found->versions, ElementsAre(0x0303));
}

TEST(ClientHello, MaySpanRecords) {
    auto const bytes = hello();
    auto const message = bytes.substr(5);
    auto const record = [](std::string const& part) {
        auto const size = part.size();
        return std::string("\x16\x03\x01") + static_cast<char>(size >> 8U) + static_cast<char>(size & 255U) + part;
    };
    auto const found = ClientHelloReader().feed(record(message.substr(0, 40)) + record(message.substr(40))).value();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->sni, "origin.test");
}

TEST(ClientHello, IsDistinguishedFromOtherProtocols) {
    for (std::string_view const bytes : {"GET / HTTP/1.1\r\n", "PRI * HTTP/2.0", "\x05\x01", "\x16\x02\x00", "S"}) {
        EXPECT_FALSE(looks_like_tls(bytes));
        auto const fed = ClientHelloReader().feed(bytes);
        ASSERT_FALSE(fed);
        EXPECT_EQ(fed.error().code, Errc::not_tls);
    }
    EXPECT_TRUE(looks_like_tls("") && looks_like_tls("\x16") && looks_like_tls("\x16\x03") && looks_like_tls(hello()));
}

TEST(ClientHello, A25_HasALimit) {
    ClientHelloReader reader(100);
    EXPECT_TRUE(reader.feed(hello().substr(0, 100)));
    auto const fed = reader.feed("x");
    EXPECT_EQ(fed.error().code, Errc::hello_too_large);
    EXPECT_EQ(fed.error().alert, (Alert{47, Alert::Side::raised_here}));
    EXPECT_EQ(fed.error().message,
              "the ClientHello is larger than 100 bytes, reported to the client by alert illegal_parameter (47)");
}

TEST(ClientHello, A25_ThatIsBrokenIsReportedWithItsAlertOrRead) {
    auto const bytes = hello();
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        SCOPED_TRACE("octet " + std::to_string(at));
        auto broken = bytes;
        broken[at] = static_cast<char>(broken[at] ^ 0x55);
        auto const fed = ClientHelloReader().feed(broken);
        if (!fed) {
            EXPECT_TRUE(fed.error().code == Errc::not_tls || fed.error().code == Errc::protocol_violation);
            EXPECT_EQ(fed.error().alert.has_value(), fed.error().code == Errc::protocol_violation);
        } else if (*fed) {
            EXPECT_LE((*fed)->sni.size(), bytes.size());
        }
    }
}

// --- what cannot be read ---------------------------------------------------------------------------------------------

std::string with_size(std::size_t size, std::size_t octets) {
    std::string text;
    while (octets-- > 0) text += static_cast<char>(size >> (8 * octets) & 255U);
    return text;
}

std::string record(std::string const& content, char type = 22, std::string_view version = "\x03\x01") {
    return std::string(1, type) + std::string(version) + with_size(content.size(), 2) + content;
}

std::string handshake(char type, std::string const& body) {
    return std::string(1, type) + with_size(body.size(), 3) + body;
}

/// The body of a good ClientHello.
std::string body() { return hello().substr(5 + 4); }

/// A ClientHello in the form of SSL 2.0 (RFC 5246 §E.2).
std::string ssl2_hello(std::string_view version, std::string const& ciphers = std::string("\0\xc0\x2f\0\0\x2f", 6)) {
    auto const message = "\x01" + std::string(version) + with_size(ciphers.size(), 2) + with_size(0, 2) +
                         with_size(32, 2) + ciphers + std::string(32, 'c');
    return with_size(0x8000U | message.size(), 2) + message;
}

struct Unreadable {
    std::string name, bytes;
    std::uint8_t alert = 0;
};
class A25_ClientHello : public testing::TestWithParam<Unreadable> {};

TEST_P(A25_ClientHello, ThatCannotBeReadHasAnAlert) {
    auto const make = [] { return std::make_unique<ClientHelloReader>(); };
    pathology::test::for_each_split(GetParam().bytes, make, [](auto& reader, pathology::test::Pieces pieces) {
        std::optional<Failure> why;
        for (auto const piece : pieces) {
            if (why) break;
            auto const fed = reader->feed(piece);
            if (!fed) why = fed.error();
        }
        ASSERT_TRUE(why);
        EXPECT_EQ(why->alert, (Alert{GetParam().alert, Alert::Side::raised_here})) << why->message;
    });
}

/// The alert that a server sends after these bytes.
void expect_alert_of_engine(std::string const& bytes, std::uint8_t alert) {
    test::EnginePair pair;
    pair.server.feed(bytes);
    EXPECT_EQ(pair.server.handshake(), Step::failed);
    auto const sent = pair.server.outgoing();
    ASSERT_EQ(sent.size(), 7U);
    EXPECT_EQ(static_cast<unsigned char const*>(sent.data())[0], 21);
    EXPECT_EQ(static_cast<unsigned char const*>(sent.data())[6], alert);
    EXPECT_EQ(pair.server.failure()->alert, (Alert{alert, Alert::Side::raised_here}));
}

// A server that has no reader in front sends the same.
TEST_P(A25_ClientHello, IsReportedByAnEngine) { expect_alert_of_engine(GetParam().bytes, GetParam().alert); }

std::vector<Unreadable> unreadable() {
    constexpr std::uint8_t unexpected_message = 10, record_overflow = 22, illegal_parameter = 47, decode_error = 50,
                           protocol_version = 70;
    auto const good = body();
    auto const message = handshake(1, good);
    std::string empty_records;
    for (int i = 0; i < 40; ++i) empty_records += record("");
    return {{"OfAnotherType", std::string("\x16\x03\x01\x00\x05\x05\x00\x00\x01\x00", 10), unexpected_message},
            {"ServerHello", record(handshake(2, good)), unexpected_message},
            {"HelloRequest", record(handshake(0, "")), unexpected_message},
            {"Finished", record(handshake(20, std::string(12, 'f'))), unexpected_message},
            {"OfNoType", record(handshake(77, "x")), unexpected_message},
            {"Empty", record(handshake(1, "")), decode_error},
            {"Cut", record(handshake(1, good.substr(0, 40))), decode_error},
            {"WithBytesAfterIt", record(handshake(1, good + "xx")), decode_error},
            {"WithALongSessionId", record(handshake(1, good.substr(0, 34) + '\x21' + good.substr(35))), decode_error},
            {"LongerThanAnyMessage", record("\x01\xff\xff\xff" + std::string(100, 'a')), illegal_parameter},
            {"InARecordThatIsTooLong", std::string("\x16\x03\x01\xff\xff") + message, record_overflow},
            {"InEmptyRecords", empty_records, unexpected_message},
            {"ThenApplicationData", record(message.substr(0, 50)) + record(message.substr(50), 23), unexpected_message},
            {"ThenAnAlert", record(message.substr(0, 50)) + record("\x02\x28", 21), unexpected_message},
            {"InApplicationData", record(message, 23), unexpected_message},
            {"InAHeartbeat", record(message, 24), unexpected_message},
            {"AlertInItsPlace", record("\x02\x28", 21), unexpected_message},
            {"ChangeCipherSpecInItsPlace", record("\x01", 20), unexpected_message},
            {"OfMajorVersion4AfterAPart", record(message.substr(0, 50)) + record(message.substr(50), 22, "\x04\x01"),
             protocol_version}};
}
INSTANTIATE_TEST_SUITE_P(Rfc8446, A25_ClientHello, testing::ValuesIn(unreadable()),
                         [](auto const& row) { return row.param.name; });

TEST(ClientHello, A25_IsReadWhateverTheMinorVersionOfItsRecord) {
    for (auto const* version : {"\x03\x03", "\x03\x04", "\x03\x05", "\x03\xff"})
        EXPECT_TRUE(ClientHelloReader().feed(record(handshake(1, body()), 22, version)).value());
}

TEST(ClientHello, A25_InTheFormOfSsl2IsRead) {
    auto const make = [] { return std::make_unique<ClientHelloReader>(); };
    auto const bytes = ssl2_hello("\x03\x03", std::string("\x01\0\x80\0\xc0\x2f\0\0\x2f", 9));
    pathology::test::for_each_split(bytes, make, [](auto& reader, pathology::test::Pieces pieces) {
        std::optional<ClientHello> found;
        for (auto const piece : pieces) found = reader->feed(piece).value();
        ASSERT_TRUE(found);
        EXPECT_THAT(found->versions, ElementsAre(0x0303));
        EXPECT_THAT(found->ciphers, ElementsAre(0xc02f, 0x002f)) << "without that of SSL 2.0";
    });
}

// A reader reads these; the handshake refuses them.
TEST(ClientHello, A25_IsRefusedByTheHandshakeWithAnAlert) {
    expect_alert_of_engine(ssl2_hello(std::string_view("\0\2", 2)), 70);
    expect_alert_of_engine(ssl2_hello("\x03\x03", "1234567"), 50);
    expect_alert_of_engine(record(body(), 22, std::string_view("\x02\x00", 2)), 70);
}

TEST(ClientHello, A25_IsRecognisedByItsFirstBytes) {
    struct Row {
        std::string bytes;
        std::optional<bool> begins;
        bool is_record;
    };
    auto const of = [](std::string_view bytes) { return std::string(bytes); };
    for (auto const& [bytes, begins, is_record] : {Row{"", std::nullopt, true},
                                                   Row{"\x16", std::nullopt, true},
                                                   Row{"\x16\x03", std::nullopt, true},
                                                   Row{"\x16\x03\x01", true, true},
                                                   Row{"\x16\x03\x05", true, true},
                                                   Row{"\x16\x02", false, false},
                                                   Row{"\x15\x03\x03", false, true},
                                                   Row{"\x14\x03\x03", false, true},
                                                   Row{"\x17\x03\x03", false, true},
                                                   Row{"\x18\x03\x03", false, true},
                                                   Row{"\x19\x03\x03", false, false},
                                                   Row{"GET", false, false},
                                                   Row{"\x80", std::nullopt, false},
                                                   Row{"\x80\x2e", std::nullopt, false},
                                                   Row{"\x80\x2e\x01", std::nullopt, false},
                                                   Row{"\x80\x2e\x01\x03", std::nullopt, false},
                                                   Row{of({"\x80\x2e\x01\x00", 4}), std::nullopt, false},
                                                   Row{"\x80\x2e\x01\x03\x01", true, false},
                                                   Row{of({"\x80\x2e\x01\x00\x02", 5}), true, false},
                                                   Row{of({"\x80\x2e\x01\x00\x03", 5}), false, false},
                                                   Row{"\x80\x2e\x02", false, false},
                                                   Row{"\x80\x2e\x01\x04", false, false}}) {
        SCOPED_TRACE(testing::PrintToString(bytes));
        EXPECT_EQ(begins_with_client_hello(bytes), begins);
        EXPECT_EQ(looks_like_tls(bytes), begins.value_or(true));
        EXPECT_EQ(looks_like_tls_record(bytes), is_record);
    }
}

}  // namespace
}  // namespace pathology::proxycore::tls
