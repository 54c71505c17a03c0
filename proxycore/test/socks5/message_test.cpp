// Both sides of every SOCKS5 message: values to bytes, bytes to values, however the bytes are cut.
#include <gtest/gtest.h>

#include <functional>
#include <pathology/proxycore/socks5/message.hpp>
#include <pathology/proxycore/socks5/read.hpp>
#include <set>
#include <string>

#include "support/for_each_split.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::socks5 {
namespace {

using pathology::test::for_each_split;
using pathology::test::Pieces;
using pathology::test::row_name;

std::string octets(std::initializer_list<unsigned> values) {
    std::string bytes;
    for (auto const value : values) bytes += static_cast<char>(value);
    return bytes;
}

/// Reads as a connection does, and wants no message before the last byte.
template <class T> void expect_read(Outcome<T> (*read)(std::string_view), std::string const& wire, T const& value) {
    for_each_split(
        wire, [] { return std::string(); },
        [&](std::string& arrived, Pieces pieces) {
            for (auto const piece : pieces) {
                auto const early = read(arrived);
                ASSERT_TRUE(early) << early.error().message;
                EXPECT_FALSE(*early) << "with " << arrived.size() << " bytes";
                arrived += piece;
            }
            auto const whole = read(arrived + "what follows");
            ASSERT_TRUE(whole) << whole.error().message;
            ASSERT_TRUE(*whole);
            EXPECT_EQ((*whole)->value, value);
            EXPECT_EQ((*whole)->size, wire.size());
        });
}

// --- messages that are right -----------------------------------------------------------------------------------------

TEST(Socks5Greeting, OffersMethods) {
    Greeting const greeting{{Method::none, Method::password}};
    EXPECT_EQ(serialise(greeting), octets({5, 2, 0, 2}));
    expect_read(read_greeting, serialise(greeting), greeting);
}

TEST(Socks5Greeting, MayOfferEveryMethodThereIs) {
    Greeting greeting;
    for (unsigned method = 0; method < 255; ++method) greeting.methods.push_back(static_cast<Method>(method));
    expect_read(read_greeting, serialise(greeting), greeting);
}

TEST(Socks5Method, IsChosen) {
    for (auto const method : {Method::none, Method::gssapi, Method::password, Method::unacceptable}) {
        EXPECT_EQ(serialise(method), octets({5, static_cast<unsigned>(method)}));
        expect_read(read_method, serialise(method), method);
    }
}

TEST(Socks5Credentials, AreCounted) {
    Credentials const credentials{"me", "pa:ss"};
    EXPECT_EQ(serialise(credentials), "\x01\x02me\x05pa:ss");
    expect_read(read_credentials, serialise(credentials), credentials);
}

TEST(Socks5Credentials, MayBeEmptyOrLong) {
    for (auto const& credentials : {Credentials{"", ""}, Credentials{std::string(255, 'u'), std::string(255, 'p')}}) {
        expect_read(read_credentials, serialise(credentials), credentials);
        EXPECT_LE(serialise(credentials).size(), max_message_size);
    }
}

TEST(Socks5Verdict, IsGoodOnlyWhenZero) {
    expect_read(read_verdict, serialise(Verdict::accepted), Verdict::accepted);
    expect_read(read_verdict, serialise(Verdict::refused), Verdict::refused);
    expect_read(read_verdict, octets({1, 0xFE}), Verdict::refused);
}

struct AddressCase {
    std::string_view name, host;
    std::string bytes;
};
class Socks5Address : public testing::TestWithParam<AddressCase> {};

TEST_P(Socks5Address, TravelsInRequestsAndReplies) {
    auto const& row = GetParam();
    Endpoint const endpoint{std::string(row.host), 8080};
    Request const request{Command::connect, endpoint};
    EXPECT_EQ(serialise(request), octets({5, 1, 0}) + row.bytes + octets({0x1F, 0x90}));
    expect_read(read_request, serialise(request), request);
    Reply const reply{ReplyCode::succeeded, endpoint};
    EXPECT_EQ(serialise(reply), octets({5, 0, 0}) + row.bytes + octets({0x1F, 0x90}));
    expect_read(read_reply, serialise(reply), reply);
}

std::string const max_name(255, 'n');

INSTANTIATE_TEST_SUITE_P(Types, Socks5Address,
                         testing::Values(AddressCase{"IPv4", "192.0.2.255", octets({1, 192, 0, 2, 255})},
                                         AddressCase{
                                             "IPv6", "2001:db8::1",
                                             octets({4, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})},
                                         AddressCase{"Name", "origin.test", octets({3, 11}) + "origin.test"},
                                         AddressCase{"AlmostIPv4", "1.2.3", octets({3, 5}) + "1.2.3"},
                                         AddressCase{"LongestName", max_name, octets({3, 255}) + max_name}),
                         row_name);

TEST(Socks5Request, ReadsCommandsItDoesNotKnow) {
    expect_read(read_request, octets({5, 9, 0, 1, 0, 0, 0, 0, 0, 0}), Request{static_cast<Command>(9), {"0.0.0.0", 0}});
}

TEST(Socks5Request, IgnoresTheReservedByte) {
    expect_read(read_request, octets({5, 2, 77, 1, 0, 0, 0, 0, 0, 0}), Request{Command::bind, {"0.0.0.0", 0}});
}

TEST(Socks5Reply, KeepsAnyAddress) {
    Reply const odd{ReplyCode::general_failure, {"", 0}};
    expect_read(read_reply, octets({5, 1, 0, 3, 0, 0, 0}), odd);
}

TEST(Socks5Reply, HasWordsForEveryCode) {
    EXPECT_EQ(describe(ReplyCode::host_unreachable), "Host unreachable (4)");
    EXPECT_EQ(describe(ReplyCode::connection_refused), "Connection refused (5)");
    EXPECT_EQ(describe(static_cast<ReplyCode>(255)), "unassigned code (255)");
    std::set<std::string> words;
    for (unsigned code = 0; code < 10; ++code) words.insert(describe(static_cast<ReplyCode>(code)));
    EXPECT_EQ(words.size(), 10U);
}

// --- messages that are wrong -----------------------------------------------------------------------------------------

/// What a read function says to bytes: "more", "whole", or its complaint.
template <class T> std::string verdict_of(Outcome<T> const& outcome) {
    if (!outcome) return outcome.error().message;
    return *outcome ? "whole" : "more";
}

struct BrokenCase {
    std::string_view name;
    std::string wire;
    std::function<std::string(std::string_view)> read;
    std::size_t judged_after;  // bytes
    std::string_view message;
};
class BrokenSocks5 : public testing::TestWithParam<BrokenCase> {};

TEST_P(BrokenSocks5, IsRefusedAtItsFirstBadByte) {
    auto const& [name, wire, read, judged_after, message] = GetParam();
    for (std::size_t size = 0; size <= wire.size(); ++size) {
        SCOPED_TRACE(size);
        EXPECT_EQ(read(std::string_view(wire).substr(0, size)), size < judged_after ? "more" : message);
    }
}

auto const greeting = [](std::string_view bytes) { return verdict_of(read_greeting(bytes)); };
auto const method = [](std::string_view bytes) { return verdict_of(read_method(bytes)); };
auto const credentials = [](std::string_view bytes) { return verdict_of(read_credentials(bytes)); };
auto const verdict = [](std::string_view bytes) { return verdict_of(read_verdict(bytes)); };
auto const request = [](std::string_view bytes) { return verdict_of(read_request(bytes)); };
auto const reply = [](std::string_view bytes) { return verdict_of(read_reply(bytes)); };

INSTANTIATE_TEST_SUITE_P(
    Hostile, BrokenSocks5,
    testing::Values(BrokenCase{"Http", "GET / HTTP/1.1\r\n", greeting, 1, "the first byte is 71, not 5: is this HTTP?"},
                    BrokenCase{"HttpResponse", "HTTP/1.1 400", method, 1, "the first byte is 72, not 5: is this HTTP?"},
                    BrokenCase{"Socks4", octets({4, 1, 0, 80, 1, 2, 3, 4, 0}), greeting, 1,
                               "the first byte is 4, not 5: this is SOCKS4"},
                    BrokenCase{"Tls", octets({22, 3, 1}), greeting, 1, "the first byte is 22, not 5"},
                    BrokenCase{"NoMethods", octets({5, 0}), greeting, 2,
                               "the greeting offers no authentication method"},
                    BrokenCase{"CredentialsInTheWrongVersion", octets({5, 1, 'u', 1, 'p'}), credentials, 1,
                               "the first byte is 5, not 1"},
                    BrokenCase{"VerdictInTheWrongVersion", octets({5, 0}), verdict, 1, "the first byte is 5, not 1"},
                    BrokenCase{"RequestVersion", octets({6, 1, 0, 1}), request, 1, "the first byte is 6, not 5"},
                    BrokenCase{"RequestAddressType", octets({5, 1, 0, 2, 0, 0}), request, 4, "unknown address type 2"},
                    BrokenCase{"ReplyAddressType", octets({5, 0, 0, 0}), reply, 4, "unknown address type 0"},
                    BrokenCase{"EmptyName", octets({5, 1, 0, 3, 0, 0, 80}), request, 7, "not a host name: \"\""},
                    BrokenCase{"NulInName", octets({5, 1, 0, 3, 3, 'a', 0, 'b', 0, 80}), request, 10,
                               "not a host name: \"a\\x00b\""},
                    BrokenCase{"LineEndInName", octets({5, 1, 0, 3, 2, '\r', '\n', 0, 80}), request, 9,
                               "not a host name: \"\\r\\n\""}),
    row_name);

TEST(Socks5Failure, HintsAtTheReply) {
    EXPECT_EQ(read_request(octets({5, 1, 0, 9})).error().reply_hint, ReplyCode::address_type_not_supported);
    EXPECT_EQ(read_request("x").error().reply_hint, ReplyCode::general_failure);
}

TEST(Socks5Failure, IsThrownByValue) { EXPECT_THROW(read_method("x").value(), std::runtime_error); }

}  // namespace
}  // namespace pathology::proxycore::socks5
