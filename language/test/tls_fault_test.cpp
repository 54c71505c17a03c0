// TLS faults: their notation, and what a stream does with records.
#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <pathology/language/tls_fault_stream.hpp>
#include <pathology/proxycore/net/memory_stream.hpp>

#include "support/tls_fault_property.hpp"
#include "wire_records.hpp"

namespace pathology::language {
namespace {

namespace asio = boost::asio;
namespace net = proxycore::net;
using namespace std::chrono_literals;
using Action = TlsFaultAction;

// --- the notation ----------------------------------------------------------------------------------------------------

struct GoodFault {
    std::string_view text;
    WireOffset at;
    decltype(Action::what) what;
};

TEST(TlsFault, IsParsed) {
    PauseTime const half_a_second{.seconds = 0, .nanoseconds = 500'000'000};
    GoodFault const rows[] = {
        {"p0,f", {.number = 0}, Action::Pause{std::nullopt}},
        {"p10,500ms", {.number = 10}, Action::Pause{half_a_second}},
        {"d40", {.number = 40}, Action::End{Ending::fin}},
        {"drecord2,rst", {.record = 2}, Action::End{Ending::reset}},
        {"drecord2,hold", {.record = 2}, Action::End{Ending::hold}},
        {"crecord3+10", {.record = 3, .shift = 10}, Action::Corrupt{}},
        {"crecord3-1", {.record = 3, .shift = -1}, Action::Corrupt{}},
        {"i0,'a\\x00'", {.number = 0}, Action::Inject{std::string("a\0", 2)}},
        {"o1,\"\\x09\"", {.number = 1}, Action::Overwrite{"\x09"}},
        {"arecord1,handshake_failure", {.record = 1}, Action::Alert{40}},
        {"a0,255", {.number = 0}, Action::Alert{255}},
    };
    for (auto const& row : rows) {
        auto const fault = parse_tls_fault(row.text);
        ASSERT_TRUE(fault.has_value()) << row.text << ": " << fault.error().message;
        TlsFaultAction const expected{row.at, row.what, std::string(row.text)};
        EXPECT_EQ(*fault, TlsFault{expected}) << row.text;
    }
}

TEST(TlsFault, IsAListOfActions) {
    auto const fault = parse_tls_fault(" p0,1:crecord2+5 d100,cut:").value();
    ASSERT_EQ(fault.size(), 3U);
    EXPECT_EQ(fault[1].text, "crecord2+5");
    EXPECT_EQ(fault[2].what, decltype(Action::what)(Action::End{Ending::cut}));
}

struct BadFault {
    std::string_view text;
    std::uint32_t place;
    std::string_view message;
};

TEST(TlsFault, IsRefusedAtItsPlace) {
    constexpr BadFault rows[] = {
        {"", 0, "expected an action (p d i o c a)"},
        {"x1", 0, "expected an action (p d i o c a)"},
        {"d", 1, "expected an offset (a number or recordN)"},
        {"dframe2", 1, "expected an offset (a number or recordN)"},
        {"drecord", 7, "expected the number of a record"},
        {"drecord0", 7, "expected a number from 1 on"},
        {"crecord10001+5", 7, "expected a record up to 10000"},
        {"d18446744073709551616", 1, "expected a number below 2^64"},
        {"d1,later", 3, "expected an ending (fin rst half cut hold)"},
        {"p1", 2, "expected ','"},
        {"p1,x", 3, "expected seconds (a number or f)"},
        {"p1,1-3", 6, "expected one time, not a range"},
        {"i1,x", 3, "expected bytes in quotes"},
        {"i1,'x", 5, "expected a closing '"},
        {"o1,'\\xg'", 4, "expected two hexadecimal digits after \\x"},
        {"a1,no_such_alert", 3, "expected the name of an alert, such as handshake_failure, or its number"},
        {"a1,256", 3, "expected the name of an alert, such as handshake_failure, or its number"},
        {"d1:y2", 3, "expected an action (p d i o c a)"},
    };
    for (auto const& row : rows) {
        auto const fault = parse_tls_fault(row.text);
        ASSERT_TRUE(fault.has_error()) << row.text;
        EXPECT_EQ(fault.error().message, row.message) << row.text;
        EXPECT_EQ(fault.error().span.begin, row.place) << row.text;
    }
}

TEST(TlsFault, IsRefusedOrAcceptedAtEveryBeginning) {
    std::string_view const text =
        " p10,500ms:precord2,f d18446744073709551615,hold:crecord3-1i0,'a\\x00\\'':o1,\"b\" "
        "arecord2,decode_error:a0,255";
    for (std::size_t n = 0; n <= text.size(); ++n)
        EXPECT_EQ(test::broken_tls_fault(text.substr(0, n)), "") << text.substr(0, n);
}

TEST(TlsFault, IsBounded) {
    std::string many;
    for (int i = 0; i < 101; ++i) many += "c1:";
    EXPECT_EQ(parse_tls_fault(many).error().message, "expected at most 100 actions");
    EXPECT_EQ(parse_tls_fault(std::string(70'000, ' ')).error().code, SpecErrc::too_long);
}

// --- the records -----------------------------------------------------------------------------------------------------

/// A record with a header of TLS, of this type and size.
std::string record(char type, std::size_t size) {
    std::string made{type, '\x03', '\x03', static_cast<char>(size >> 8U), static_cast<char>(size & 0xffU)};
    return made + std::string(size, type);
}

/// Begins at 0, 12, 17 and 322; ends at 330.
std::string const records = record('A', 7) + record('B', 0) + record('C', 300) + record('D', 3);

TEST(WireRecords, KnowWhereRecordsBegin) {
    for (std::size_t piece : {std::size_t(1), std::size_t(3), records.size()}) {
        WireRecords read;
        EXPECT_EQ(read.position_of({.record = 2}), std::nullopt);
        for (std::size_t at = 0; at < records.size(); at += piece) {
            read.read(at, std::string_view(records).substr(at, piece));
            read.read(at, std::string_view(records).substr(at, piece));  // again: nothing changes
        }
        EXPECT_EQ(read.position_of({.record = 1}), 0U);
        EXPECT_EQ(read.position_of({.record = 2, .shift = -3}), 9U);
        EXPECT_EQ(read.position_of({.record = 2, .shift = -30}), 0U);
        EXPECT_EQ(read.position_of({.record = 3, .shift = 5}), 22U);
        EXPECT_EQ(read.position_of({.record = 4}), 322U);
        EXPECT_EQ(read.position_of({.record = 5}), 330U);
        EXPECT_EQ(read.position_of({.record = 6}), std::nullopt);
        EXPECT_EQ(read.place_of(12), (WireRecords::Place{2, 0}));
        EXPECT_EQ(read.place_of(325), (WireRecords::Place{4, 3}));
    }
}

// --- the stream ------------------------------------------------------------------------------------------------------

/// What arrives at the other end when `records` are written in pieces through a fault.
struct Played {
    std::string received, summary;
    net::error_code written, ended;
};

asio::awaitable<void> write_all(TlsFaultStream& stream, std::size_t piece, Played& played) {
    for (std::size_t at = 0; at < records.size() && !played.written; at += piece) {
        auto const part = records.substr(at, piece);
        played.written = co_await net::send(stream, part);
    }
    stream.close(net::CloseMode::fin);
}

asio::awaitable<void> read_all(net::Stream& stream, Played& played) {
    std::array<char, 100> block{};
    while (!played.ended) {
        auto const read = co_await stream.read_some(asio::buffer(block));
        played.received.append(block.data(), read.n);
        played.ended = read.ec;
    }
    stream.close(net::CloseMode::fin);
}

Played play(std::string_view fault, std::size_t piece, net::TimeLimit limit = 20s) {
    asio::io_context context;
    auto pipe = net::make_memory_pipe(context.get_executor());
    TlsFaultStream stream(std::move(pipe.near), limit);
    stream.set_fault(parse_tls_fault(fault).value());
    Played played;
    asio::co_spawn(context, write_all(stream, piece, played), asio::detached);
    asio::co_spawn(context, read_all(*pipe.far, played), asio::detached);
    context.run_for(20s);
    played.summary = stream.summary();
    return played;
}

struct PlayedFault {
    std::string_view fault, summary;
    std::string received;
    bool is_ended = false;
};

TEST(TlsFaultStream, DoesTheActionsInWhateverPiecesBytesAreWritten) {
    auto const changed = [](std::size_t place, std::string_view bytes) {
        auto copy = records;
        copy.replace(place, bytes.size(), bytes);
        return copy;
    };
    auto const begin = [](std::size_t size) { return records.substr(0, size); };
    std::string const alert("\x15\x03\x03\x00\x02\x02\x32", 7);
    PlayedFault const rows[] = {
        {"d15", " (TLS fault: d15 at byte 15, record 2+3)", begin(15), true},
        {"drecord3", " (TLS fault: drecord3 at byte 17, record 3)", begin(17), true},
        {"drecord4-2,cut", " (TLS fault: drecord4-2,cut at byte 320, record 3+303)", begin(320), true},
        {"d0", " (TLS fault: d0 at byte 0, record 1)", "", true},
        {"c20", " (TLS fault: c20 at byte 20, record 3+3)", changed(20, "\xfe")},
        {"orecord1+3,'\\xff\\xff'", " (TLS fault: orecord1+3,'\\xff\\xff' at byte 3, record 1+3)",
         changed(3, "\xff\xff")},
        {"o10,'0123456789'", " (TLS fault: o10,'0123456789' at byte 10, record 1+10)", changed(10, "0123456789")},
        {"irecord2,'xyz'", " (TLS fault: irecord2,'xyz' at byte 12, record 2)", begin(12) + "xyz" + records.substr(12)},
        {"arecord2,decode_error", " (TLS fault: arecord2,decode_error at byte 12, record 2)", begin(12) + alert, true},
        {"i5,'1':i5,'2'", " (TLS fault: i5,'1' at byte 5, record 1+5; TLS fault: i5,'2' at byte 5, record 1+5)",
         begin(5) + "12" + records.substr(5)},
        {"d20:i3,'early'", " (TLS fault: i3,'early' at byte 3, record 1+3; TLS fault: d20 at byte 20, record 3+3)",
         begin(3) + "early" + records.substr(3, 17), true},
        {"p5,0", " (TLS fault: p5,0 at byte 5, record 1+5)", records},
        {"drecord5", "", records},  // there is no byte at this place
        {"drecord9", "", records},
        {"d330", "", records},
    };
    for (auto const& row : rows) {
        for (std::size_t piece : {std::size_t(1), std::size_t(4), records.size()}) {
            auto const played = play(row.fault, piece);
            EXPECT_EQ(played.received, row.received) << row.fault << " in pieces of " << piece;
            EXPECT_EQ(played.summary, row.summary);
            EXPECT_EQ(played.written == net::Errc::closed, row.is_ended) << row.fault;
            EXPECT_EQ(played.ended, asio::error::eof) << row.fault;
        }
    }
}

TEST(TlsFaultStream, LimitsItsWaits) {
    for (std::string const fault : {"p12,f", "p12,1h"}) {
        auto const played = play(fault, records.size(), 20ms);
        EXPECT_EQ(played.written, net::Errc::timed_out) << fault;
        EXPECT_EQ(played.received, records.substr(0, 12));
    }
    EXPECT_EQ(play("d12,hold", records.size(), 20ms).written, net::Errc::timed_out);
}

TEST(TlsFaultStream, ResetsTheConnection) {
    auto const played = play("d12,rst", records.size());
    EXPECT_EQ(played.written, net::Errc::closed);
    EXPECT_EQ(played.ended, asio::error::connection_reset);
}

TEST(TlsFaultStream, WritesAtOnceUpToTheNextAction) {
    asio::io_context context;
    auto pipe = net::make_memory_pipe(context.get_executor());
    TlsFaultStream stream(std::move(pipe.near), 20s);
    stream.set_fault(parse_tls_fault("crecord2+1:drecord3").value());
    EXPECT_EQ(stream.write_now(asio::buffer(records)), 13U);
    EXPECT_EQ(stream.write_now(asio::buffer(records.substr(13))), 0U);
}

TEST(TlsFaultStream, WithoutAFaultPassesBytesOn) {
    asio::io_context context;
    auto pipe = net::make_memory_pipe(context.get_executor());
    TlsFaultStream stream(std::move(pipe.near), 20s);
    EXPECT_EQ(stream.write_now(asio::buffer(records)), records.size());
    EXPECT_EQ(stream.summary(), "");
}

}  // namespace
}  // namespace pathology::language
