#include "program/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "program/message_source.hpp"
#include "program/progress.hpp"

namespace pathology::pathoc {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;

Response reply() {
    Response reply;
    reply.head.status = 200;
    reply.head.reason = "O\tK";
    reply.body_size = 3;
    reply.raw = "HTTP/1.1 200 O\tK\r\n\r\nabc";
    return reply;
}

Failure failure(Errc code, std::string message) {
    Failure failure;
    failure.code = code;
    failure.message = std::move(message);
    return failure;
}

constexpr SentMessage sent{"'GET':/", "GET / HTTP/1.1\r\n\r\n", 18, false};

std::string reported(ProgramOptions const& options, Result<Response> const& outcome, std::string_view partial = {}) {
    std::string out;
    make_text_report(options)->exchange(out, {}, sent, outcome, partial);
    return out;
}

ProgramOptions plain() {
    ProgramOptions options;
    options.timestamps = false;
    return options;
}

TEST(TextReport, ReportsTwoLinesAnExchange) {
    EXPECT_EQ(reported(plain(), reply()), ">> 'GET':/\n<< 200 O\\tK: 3 bytes\n");
}

TEST(TextReport, BeginsWithTheTime) {
    EXPECT_THAT(reported({}, reply()),
                MatchesRegex("[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}: >> 'GET':/\n<< .*\n"));
}

TEST(TextReport, PutsAFailureInPlaceOfTheResponse) {
    EXPECT_EQ(reported(plain(), failure(Errc::timed_out, "Timeout")), ">> 'GET':/\nTimeout\n");
    auto options = plain();
    options.ignore_timeouts = true;
    EXPECT_EQ(reported(options, failure(Errc::timed_out, "Timeout")), ">> 'GET':/\nTimeout (ignored)\n");
    EXPECT_EQ(reported(options, failure(Errc::server_closed, "Gone")), ">> 'GET':/\nGone\n");
}

TEST(TextReport, DumpsBothDirections) {
    auto options = plain();
    options.show_request = options.show_response = true;
    EXPECT_THAT(reported(options, reply()), HasSubstr("bytes\nBytes written:\n\tGET / HTTP/1.1\r\n\t\r\n\t\n"
                                                      "Bytes read:\n\tHTTP/1.1 200 O\tK\r\n\t\r\n\tabc\n"));
    options.hex = true;
    EXPECT_THAT(reported(options, failure(Errc::timed_out, "Timeout"), "HTT"),
                AllOf(HasSubstr("\t0000000000 47 45 54 20"), HasSubstr("Bytes read:\n\t0000000000 48 54 54 ")));
}

TEST(TextReport, ReportsFramesAsTheDaemonDoes) {
    proxycore::record::RecordedFrame frame;
    auto const reported_frame = [&] {
        std::string out;
        make_text_report(plain())->received_frame(out, {}, frame);
        return out;
    };
    EXPECT_EQ(reported_frame(), "<< ws frame:text\n");
    frame.payload_size = 2;
    EXPECT_EQ(reported_frame(), "<< ws frame:text 2b\n");
    frame = {};
    frame.opcode = 3;
    frame.fin = frame.masked = true;
    frame.key = std::string("a'\x00z", 4);
    frame.payload_size = 70000;
    EXPECT_EQ(reported_frame(), "<< ws frame:0x3:fin|mask:key=b'a\\'\\x00z' 68.36k\n");
}

TEST(JsonReport, GivesOneObjectALine) {
    std::string out;
    auto const report = make_json_report();
    MessageContext context;
    context.remote = {"::1", 80};
    report->exchange(out, context, sent, reply(), {});
    report->exchange(out, context, sent, failure(Errc::timed_out, "Timeout"), "HTT");
    EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 2);
    EXPECT_THAT(
        out, AllOf(HasSubstr(R"("type":"received")"), HasSubstr(R"("spec":"'GET':/")"), HasSubstr(R"("method":"GET")"),
                   HasSubstr(R"("status_code":"200")"), HasSubstr(R"("type":"timeout")"),
                   HasSubstr(R"("msg":"Timeout")"), HasSubstr(R"(["::1",80])")));
}

TEST(DuplicateFilter, CountsRepetitionsInARow) {
    DuplicateFilter filter(1);
    EXPECT_TRUE(filter.is_new("a"));
    EXPECT_FALSE(filter.is_new("a"));
    EXPECT_FALSE(filter.is_exhausted());
    EXPECT_TRUE(filter.is_new("b"));
    EXPECT_FALSE(filter.is_new("a"));
    EXPECT_FALSE(filter.is_new("b"));
    EXPECT_TRUE(filter.is_exhausted());
}

TEST(Progress, ReportsCountRateAndFailures) {
    std::string out, err;
    proxycore::console::Console console(out, err);
    std::chrono::steady_clock::time_point now;
    Progress progress(console, 100, [&] { return now; });
    now += std::chrono::seconds(2);
    for (int i = 0; i < 50; ++i) progress.count(i < 3);
    EXPECT_EQ(progress.summary(), "50 of 100 exchanges, 25/s, 3 failed");
    progress.draw();
    EXPECT_EQ(err, "") << "nothing is drawn where nobody looks";
}

}  // namespace
}  // namespace pathology::pathoc
