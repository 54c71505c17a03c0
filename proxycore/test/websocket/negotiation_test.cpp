#include <gtest/gtest.h>

#include <ostream>
#include <pathology/proxycore/websocket/deflate.hpp>

#include "support/row_name.hpp"

namespace pathology::proxycore::websocket {
namespace {

constexpr auto field = "Sec-WebSocket-Extensions";

struct ListCase {
    std::string_view name, text, printed;  ///< `-` when it is malformed
};
void PrintTo(ListCase const& row, std::ostream* out) { *out << row.name; }
class ExtensionList : public testing::TestWithParam<ListCase> {};

TEST_P(ExtensionList, IsReadAsTheGrammarSays) {
    auto const list = parse_extensions(GetParam().text);
    std::string printed = list ? "" : "-";
    if (list)
        for (auto const& extension : *list) printed += (printed.empty() ? "" : " / ") + to_string(extension);
    EXPECT_EQ(printed, GetParam().printed);
}

INSTANTIATE_TEST_SUITE_P(Rfc6455, ExtensionList,
                         testing::Values(ListCase{"Nothing", "", ""}, ListCase{"One", "foo", "foo"},
                                         ListCase{"Parameters", "foo; a=1;b ; c=\"x\"", "foo; a=1; b; c=x"},
                                         ListCase{"Several", " foo , bar;baz=2,, qux\t", "foo / bar; baz=2 / qux"},
                                         ListCase{"EscapeInQuotes", "foo; a=\"\\x\\y\"", "foo; a=xy"},
                                         ListCase{"NoName", "; a", "-"}, ListCase{"NoParameterName", "foo; ", "-"},
                                         ListCase{"NoValue", "foo; a=", "-"},
                                         ListCase{"EmptyQuotes", "foo; a=\"\"", "-"},
                                         ListCase{"OpenQuotes", "foo; a=\"x", "-"},
                                         ListCase{"SpaceInQuotes", "foo; a=\"x y\"", "-"},
                                         ListCase{"TwoWords", "foo bar", "-"}, ListCase{"OddByte", "foo(", "-"}),
                         pathology::test::row_name);

struct OfferCase {
    std::string_view name, offers;
    DeflateParameters wanted;
    std::string_view response;  ///< `-` when there is none
};
void PrintTo(OfferCase const& row, std::ostream* out) { *out << row.name; }
class DeflateOffer : public testing::TestWithParam<OfferCase> {};

TEST_P(DeflateOffer, GetsAResponse) {
    auto const response = accept_deflate({{"Host", "x"}, {field, GetParam().offers}}, GetParam().wanted);
    EXPECT_EQ(response ? to_string(*response) : "-", GetParam().response);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc7692, DeflateOffer,
    testing::Values(
        OfferCase{"Plain", "permessage-deflate", {}, "permessage-deflate"},
        OfferCase{"Browser", "permessage-deflate; client_max_window_bits", {}, "permessage-deflate"},
        OfferCase{"BothForget",
                  "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
                  {},
                  "permessage-deflate; server_no_context_takeover; client_no_context_takeover"},
        OfferCase{"ServerWindow",
                  "permessage-deflate; server_max_window_bits=10",
                  {},
                  "permessage-deflate; server_max_window_bits=10"},
        OfferCase{"SmallestServerWindow",
                  "permessage-deflate; server_max_window_bits=8",
                  {},
                  "permessage-deflate; server_max_window_bits=8"},
        OfferCase{"NarrowerThanAsked",
                  "permessage-deflate; server_max_window_bits=12",
                  {.server_max_window_bits = 9},
                  "permessage-deflate; server_max_window_bits=9"},
        OfferCase{"ClientThatCanBeAsked",
                  "permessage-deflate; client_max_window_bits",
                  {.client_max_window_bits = 10},
                  "permessage-deflate; client_max_window_bits=10"},
        OfferCase{"ClientAskedForTheWidestWindow",
                  "permessage-deflate; client_max_window_bits",
                  {.client_max_window_bits = 15},
                  "permessage-deflate; client_max_window_bits=15"},
        OfferCase{
            "ClientThatCannotBeAsked", "permessage-deflate", {.client_max_window_bits = 10}, "permessage-deflate"},
        OfferCase{"WantedByUs",
                  "permessage-deflate",
                  {true, true, {}, {}},
                  "permessage-deflate; server_no_context_takeover; client_no_context_takeover"},
        OfferCase{"SecondChoice",
                  "permessage-deflate; server_max_window_bits=99, x-foo, permessage-deflate",
                  {},
                  "permessage-deflate"},
        OfferCase{"Quoted",
                  "permessage-deflate; server_max_window_bits=\"11\"",
                  {},
                  "permessage-deflate; server_max_window_bits=11"},
        OfferCase{"Other", "x-webkit-deflate-frame", {}, "-"}, OfferCase{"None", "", {}, "-"},
        OfferCase{"UnknownParameter", "permessage-deflate; fast", {}, "-"},
        OfferCase{"Repeated", "permessage-deflate; client_no_context_takeover; client_no_context_takeover", {}, "-"},
        OfferCase{"RepeatedWindow", "permessage-deflate; client_max_window_bits; client_max_window_bits=9", {}, "-"},
        OfferCase{"ValueWhereNoneIs", "permessage-deflate; server_no_context_takeover=1", {}, "-"},
        OfferCase{"NoValueWhereOneIs", "permessage-deflate; server_max_window_bits", {}, "-"},
        OfferCase{"TooSmall", "permessage-deflate; server_max_window_bits=7", {}, "-"},
        OfferCase{"TooLarge", "permessage-deflate; client_max_window_bits=16", {}, "-"},
        OfferCase{"LeadingZero", "permessage-deflate; server_max_window_bits=08", {}, "-"},
        OfferCase{"NoNumber", "permessage-deflate; server_max_window_bits=1x", {}, "-"},
        OfferCase{"Malformed", "permessage-deflate; =", {}, "-"}),
    pathology::test::row_name);

TEST(DeflateOffer, MayStandInSeveralFields) {
    EXPECT_TRUE(accept_deflate({{field, "x-foo"}, {"sec-websocket-extensions", "permessage-deflate"}}));
}

struct ResponseCase {
    std::string_view name, response;
    DeflateParameters offered;
    std::string_view outcome;  ///< the agreement, `declined`, or the start of the complaint
};
void PrintTo(ResponseCase const& row, std::ostream* out) { *out << row.name; }
class DeflateResponse : public testing::TestWithParam<ResponseCase> {};

TEST_P(DeflateResponse, IsJudged) {
    http::Fields fields;
    if (!GetParam().response.empty()) fields.add(field, GetParam().response);
    auto const outcome = check_deflate_response(fields, GetParam().offered);
    EXPECT_EQ(!outcome ? outcome.error() : *outcome ? to_string(**outcome) : "declined", GetParam().outcome);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc7692, DeflateResponse,
    testing::Values(
        ResponseCase{"Declined", "", {}, "declined"},
        ResponseCase{"Agreed", "permessage-deflate", {}, "permessage-deflate"},
        ResponseCase{"NarrowerThanAsked",
                     "permessage-deflate; server_max_window_bits=9",
                     {.server_max_window_bits = 10},
                     "permessage-deflate; server_max_window_bits=9"},
        ResponseCase{"UnaskedServerWindow",
                     "permessage-deflate; server_max_window_bits=9",
                     {},
                     "permessage-deflate; server_max_window_bits=9"},
        ResponseCase{"ClientWindow",
                     "permessage-deflate; client_max_window_bits=9",
                     {.client_max_window_bits = 15},
                     "permessage-deflate; client_max_window_bits=9"},
        ResponseCase{"ServerForgetsUnasked",
                     "permessage-deflate; server_no_context_takeover",
                     {},
                     "permessage-deflate; server_no_context_takeover"},
        ResponseCase{"WiderThanAsked",
                     "permessage-deflate; server_max_window_bits=12",
                     {.server_max_window_bits = 10},
                     "the server's window is wider than the server_max_window_bits of the offer"},
        ResponseCase{"WindowLeftOut",
                     "permessage-deflate",
                     {.server_max_window_bits = 10},
                     "the server's window is wider than the server_max_window_bits of the offer"},
        ResponseCase{"TakeoverLeftOut",
                     "permessage-deflate",
                     {.server_no_context_takeover = true},
                     "the server did not accept server_no_context_takeover"},
        ResponseCase{"ClientWindowNotOffered",
                     "permessage-deflate; client_max_window_bits=9",
                     {},
                     "the server chose client_max_window_bits, which was not offered"},
        ResponseCase{"ClientWindowWithoutAValue",
                     "permessage-deflate; client_max_window_bits",
                     {.client_max_window_bits = 15},
                     "response with parameters that are not allowed: permessage-deflate; client_max_window_bits"},
        ResponseCase{"OtherExtension", "x-foo", {}, "extension in the response that was not offered: x-foo"},
        ResponseCase{
            "Two", "permessage-deflate, permessage-deflate", {}, "more extensions in the response than were offered"},
        ResponseCase{"UnknownParameter",
                     "permessage-deflate; fast=1",
                     {},
                     "response with parameters that are not allowed: permessage-deflate; fast=1"},
        ResponseCase{"Malformed", "permessage-deflate;", {}, "malformed Sec-WebSocket-Extensions in the response"}),
    pathology::test::row_name);

TEST(DeflateParameters, OfferWhatTheySay) {
    EXPECT_EQ(to_string(DeflateParameters{true, true, 10, 15}),
              "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; "
              "client_max_window_bits=15");
}

}  // namespace
}  // namespace pathology::proxycore::websocket
