// First messages of clients, whole, in pieces and broken.
#include <pathology/proxycore/tls/client_hello.hpp>

#include <gmock/gmock.h>

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

TEST(ClientHello, HasALimit) {
    ClientHelloReader reader(100);
    EXPECT_TRUE(reader.feed(hello().substr(0, 100)));
    EXPECT_EQ(reader.feed("x").error().code, Errc::hello_too_large);
}

TEST(ClientHello, ThatIsBrokenIsReportedOrReadNeverWorse) {
    auto const bytes = hello();
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        auto broken = bytes;
        broken[at] = static_cast<char>(broken[at] ^ 0x55);
        auto const fed = ClientHelloReader().feed(broken);
        if (!fed) {
            EXPECT_TRUE(fed.error().code == Errc::not_tls || fed.error().code == Errc::protocol_violation);
        } else if (*fed) {
            EXPECT_LE((*fed)->sni.size(), bytes.size());
        }
    }
}

}  // namespace
}  // namespace pathology::proxycore::tls
