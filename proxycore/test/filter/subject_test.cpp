// A request alone as a subject, as a server has one before it responds, without a flow.

#include <pathology/proxycore/filter/subject.hpp>

#include <gtest/gtest.h>

#include <ostream>
#include <pathology/proxycore/filter/filter.hpp>
#include <pathology/proxycore/http/message.hpp>

#include "support/row_name.hpp"

namespace pathology::proxycore::filter {
namespace {

class RequestSubject final : public Subject {
public:
    RequestSubject(http::RequestHead const& head, std::string_view body) : head_(head), body_(body) {}

    Protocol protocol() const override { return Protocol::http; }
    std::optional<std::string_view> method() const override { return head_.method; }
    std::optional<std::string_view> pretty_url(std::string& buffer) const override {
        buffer.append("http://").append(head_.fields.first("host").value_or("")).append(head_.target);
        return buffer;
    }
    http::Fields const* fields(Side side) const override { return side == Side::request ? &head_.fields : nullptr; }
    Content content(Side side, std::uint64_t /*max*/, std::string& /*buffer*/) const override {
        if (side == Side::response) return {};
        return {Content::State::whole, body_};
    }

private:
    http::RequestHead const& head_;
    std::string_view body_;
};

struct Row {
    std::string_view name, filter;
    bool matches;
};
void PrintTo(Row const& row, std::ostream* out) { *out << row.filter; }

class P50_RequestAlone : public testing::TestWithParam<Row> {};
TEST_P(P50_RequestAlone, IsASubject) {
    http::RequestHead const head{"POST", "/pay?id=1", {}, {{"Host", "shop.test"}, {"X-Test", "yes"}}};
    auto const filter = Filter::parse(GetParam().filter).value();
    EXPECT_EQ(filter.matches(RequestSubject(head, "amount=3")).value(), GetParam().matches);
}
Row const rows[] = {
    {"Anchor", "~m POST & ~u /pay & ~hq X-Test", true},
    {"AnchorOfAnotherMethod", "~m GET & ~u /pay", false},
    {"Content", "~b amount=3", true},
    {"Request", "~q & ~http & ~all", true},
    {"Response", "~s | ~c 200 | ~hs X | ~bs a | ~ts x | ~a | ~e | ~marked", false},
    {"OtherProtocols", "~tcp | ~udp | ~dns | ~websocket", false},
    {"Unknown", R"(~src "" | ~dst "" | ~d "")", false},
    {"NotResponse", "!~s & !~e", true},
};
INSTANTIATE_TEST_SUITE_P(Table, P50_RequestAlone, testing::ValuesIn(rows), test::row_name);

/// A subject may use filters itself.
class NestedSubject final : public Subject {
public:
    Protocol protocol() const override { return Protocol::http; }
    std::optional<std::string_view> pretty_url(std::string& buffer) const override {
        buffer = "outer";
        EXPECT_TRUE(Filter::parse("~http & !~u x").value().matches(InnerSubject{}).value());
        return buffer;
    }

private:
    class InnerSubject final : public Subject {
        Protocol protocol() const override { return Protocol::http; }
        std::optional<std::string_view> pretty_url(std::string& buffer) const override {
            EXPECT_TRUE(buffer.empty());
            buffer = "inner";
            return buffer;
        }
    };
};

TEST(FilterMatch, P50_MayTakePlaceWithinAnother) {
    EXPECT_TRUE(Filter::parse("~u ^outer$").value().matches(NestedSubject{}).value());
}

}  // namespace
}  // namespace pathology::proxycore::filter
