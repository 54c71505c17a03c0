#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>

#include <memory>
#include <ostream>
#include <pathology/proxycore/http2/hpack.hpp>
#include <random>
#include <utility>
#include <vector>

#include "support/row_name.hpp"

namespace pathology::proxycore::http2 {
namespace {

using namespace std::string_literals;

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string encode_block(Fields const& fields, std::uint32_t table_size = default_header_table_size) {
    HeaderBlockEncoder encoder(table_size);
    auto block = encoder.begin();
    for (auto const& [name, value] : fields) block += encoder.add(name, value).head;
    return block;
}

/// A peer's decoder, written by others, with a table of its own that lives from block to block.
class Peer {
public:
    explicit Peer(std::uint32_t table_size = default_header_table_size) : inflater_(make(), nghttp2_hd_inflate_del) {
        if (table_size == default_header_table_size) return;
        EXPECT_EQ(nghttp2_hd_inflate_change_table_size(inflater_.get(), table_size), 0);
    }

    Fields read(std::string const& block) {
        Fields fields;
        auto const* next = reinterpret_cast<unsigned char const*>(block.data());
        auto left = block.size();
        for (int flags = 0; left > 0 || (flags & NGHTTP2_HD_INFLATE_FINAL) == 0;) {
            nghttp2_nv field;
            auto const used = nghttp2_hd_inflate_hd2(inflater_.get(), &field, &flags, next, left, 1);
            if (used < 0) {
                ADD_FAILURE() << nghttp2_strerror(static_cast<int>(used));
                return fields;
            }
            next += used;
            left -= static_cast<std::size_t>(used);
            if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0)
                fields.emplace_back(std::string(reinterpret_cast<char*>(field.name), field.namelen),
                                    std::string(reinterpret_cast<char*>(field.value), field.valuelen));
        }
        nghttp2_hd_inflate_end_headers(inflater_.get());
        return fields;
    }

private:
    static nghttp2_hd_inflater* make() {
        nghttp2_hd_inflater* inflater = nullptr;
        EXPECT_EQ(nghttp2_hd_inflate_new(&inflater), 0);
        return inflater;
    }

    std::unique_ptr<nghttp2_hd_inflater, decltype(&nghttp2_hd_inflate_del)> inflater_;
};

// --- the examples of RFC 7541 appendix C -----------------------------------------------------------------------------

TEST(HpackInteger, IsThatOfTheRfc) {
    EXPECT_EQ(encode_integer(10, 5), "\x0a");            // C.1.1
    EXPECT_EQ(encode_integer(1337, 5), "\x1f\x9a\x0a");  // C.1.2
    EXPECT_EQ(encode_integer(42, 8), "\x2a");            // C.1.3
    EXPECT_EQ(encode_integer(31, 5, 0xe0), "\xff\0"s);   // the prefix is full, nothing is left
    EXPECT_EQ(encode_integer(~std::uint64_t{0}, 7).size(), 11u);
}

struct BlockCase {
    std::string_view name;
    Fields fields;
    std::string wire;
};
void PrintTo(BlockCase const& row, std::ostream* out) { *out << row.name; }
class HpackBlock : public testing::TestWithParam<BlockCase> {};

TEST_P(HpackBlock, IsWrittenAsRecorded) { EXPECT_EQ(encode_block(GetParam().fields), GetParam().wire); }

TEST_P(HpackBlock, IsReadBack) { EXPECT_EQ(Peer().read(GetParam().wire), GetParam().fields); }

INSTANTIATE_TEST_SUITE_P(
    Rfc7541, HpackBlock,
    testing::Values(
        BlockCase{"C41FirstRequest",
                  {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "www.example.com"}},
                  "\x82\x86\x84\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff"},
        BlockCase{"C61FirstResponse",
                  {{":status", "302"},
                   {"cache-control", "private"},
                   {"date", "Mon, 21 Oct 2013 20:13:21 GMT"},
                   {"location", "https://www.example.com"}},
                  "\x48\x82\x64\x02\x58\x85\xae\xc3\x77\x1a\x4b\x61\x96\xd0\x7a\xbe\x94\x10\x54\xd4\x44\xa8\x20\x05\x95"
                  "\x04\x0b\x81\x66\xe0\x82\xa6\x2d\x1b\xff\x6e\x91\x9d\x29\xad\x17\x18\x63\xc7\x8f\x0b\x97\xc8\xe9\xae"
                  "\x82\xae\x43\xd3"}),
    test::row_name);

INSTANTIATE_TEST_SUITE_P(
    Crafted, HpackBlock,
    testing::Values(BlockCase{"Nothing", {}, ""},
                    BlockCase{"IndexesTheSameFieldTheSecondTime",
                              {{"a", "b"}, {"a", "c"}, {"a", "b"}},
                              "\x40\x81\x1f\x81\x8f\x7e\x81\x27\xbf"},
                    BlockCase{"CodesEmptyText", {{":path", ""}}, "\x44\x80"},
                    BlockCase{"CodesTextThatGrows", {{":path", "\n"}}, "\x44\x84\xff\xff\xff\xf3"},
                    BlockCase{"KeepsTheCaseOfNames", {{"Foo", "bar"}}, "\x40\x83\xc2\x73\xff\x83\x8c\x76\x7f"}),
    test::row_name);

// --- the dynamic table -----------------------------------------------------------------------------------------------

TEST(HeaderBlockEncoder, FollowsThePeersTableThroughEvictions) {
    Fields fields;
    for (int i = 0; i < 300; ++i) fields.emplace_back("name-" + std::to_string(i % 90), std::to_string(i % 7));
    fields.emplace_back("huge", std::string(5000, 'x'));  // empties the table
    fields.emplace_back("name-1", "1");
    fields.emplace_back("name-1", "1");
    EXPECT_EQ(Peer().read(encode_block(fields)), fields);
}

TEST(HeaderBlockEncoder, WritesBlocksThatAreValidAnywhere) {
    Fields const first{{"a", "1"}, {"b", "2"}};
    Fields const second{{"b", "2"}, {"a", "1"}, {"b", "2"}};
    Peer peer;
    EXPECT_EQ(peer.read(encode_block(first)), first);
    EXPECT_EQ(peer.read(encode_block(second)), second);
    EXPECT_EQ(peer.read(encode_block(first)), first);
}

TEST(HeaderBlockEncoder, FitsASmallerTable) {
    Fields const fields{{"a", "1"}, {"a", "1"}, {"b", "2"}, {"a", "1"}, {"b", "2"}};
    for (std::uint32_t const table_size : {0U, 31U, 32U, 34U, 67U, 68U, 100U}) {
        auto const block = encode_block(fields, table_size);
        EXPECT_EQ(block.substr(0, 1), encode_integer(table_size, 5, 0x20).substr(0, 1));
        Peer peer(table_size);
        EXPECT_EQ(peer.read(block), fields) << "with a table of " << table_size;
    }
}

TEST(HeaderBlockEncoder, AnnouncesTextThatTheCallerWrites) {
    HeaderBlockEncoder encoder;
    auto const value = encoder.add("x", FieldText::unknown(3));
    EXPECT_EQ(value.head, "\x40\x81\xf3\x03");
    EXPECT_EQ(value.middle, "");
    auto const name = encoder.add(FieldText::unknown(2), "b");
    EXPECT_EQ(name.head, "\x40\x02");
    EXPECT_EQ(name.middle, "\x81\x8f");
    auto const both = encoder.add(FieldText::unknown(1), FieldText::unknown(200));
    auto const again = encoder.add("x", "b");  // three fields later, still known by name
    auto const block = value.head + "v01" + name.head + "n1" + name.middle + both.head + "n" + both.middle +
                       std::string(200, 'v') + again.head;
    Fields const fields{{"x", "v01"}, {"n1", "b"}, {"n", std::string(200, 'v')}, {"x", "b"}};
    EXPECT_EQ(Peer().read(block), fields);
}

TEST(HeaderBlockEncoder, RoundTripsRandomFields) {
    auto const seed = std::random_device{}();
    std::mt19937 random(seed);
    auto const text = [&](unsigned max_length) {
        std::string bytes(random() % (max_length + 1), '\0');
        for (auto& byte : bytes) byte = static_cast<char>(random());
        return bytes;
    };
    Peer peer;
    for (int round = 0; round < 200; ++round) {
        Fields fields;
        for (auto n = random() % 20; n > 0; --n) {
            if (!fields.empty() && random() % 3 == 0) {
                fields.push_back(fields[random() % fields.size()]);
            } else {
                fields.emplace_back(text(8), text(random() % 10 == 0 ? 6000 : 30));
            }
        }
        ASSERT_EQ(peer.read(encode_block(fields)), fields) << "seed " << seed << ", round " << round;
    }
}

}  // namespace
}  // namespace pathology::proxycore::http2
