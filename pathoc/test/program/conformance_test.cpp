// The recorded behaviour of the original client, asked of the built program by --preview.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "support/conformance.hpp"
#include "support/program.hpp"

namespace pathology::pathoc::test {
namespace {

using Case = pathology::test::ConformanceCase;

/// The cases of what a client sends that `wanted` says yes to.
template <class Wanted> std::vector<Case> cases(Wanted const& wanted) {
    return pathology::test::conformance_cases(
        [&](Case const& one) { return (one.kind() == "request" || one.kind() == "client_frame") && wanted(one); });
}

Ended preview(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "--preview");
    return run_program(PATHOC_PROGRAM, arguments, CONFORMANCE_DATA "/static");
}

TEST(Conformance, PreviewWritesTheRecordedBytes) {
    auto const deterministic =
        cases([](Case const& one) { return one.is("valid", true) && one.is("deterministic", true); });
    ASSERT_GT(deterministic.size(), 100U);
    for (auto const& one : deterministic) {
        SCOPED_TRACE(testing::PrintToString(one));
        auto const ended = preview({"example.com", one.spec()});
        if (one.number("messages") == 0) {
            EXPECT_EQ(ended.out, "");
        } else {
            EXPECT_TRUE(one.renders(ended.out.substr(0, one.number("length")))) << testing::PrintToString(ended.out);
        }
        // A later message may name a file that is not there.
        EXPECT_TRUE(ended.status == 0 || (one.number("messages") > 1 && ended.status == 2)) << ended.err;
    }
}

TEST(Conformance, PreviewWritesTheRecordedHttp2Frames) {
    auto const deterministic = pathology::test::conformance_cases([](Case const& one) {
        return one.kind() == "h2_request" && one.is("valid", true) && one.is("deterministic", true);
    });
    ASSERT_GT(deterministic.size(), 18U);
    for (auto const& one : deterministic) {
        SCOPED_TRACE(testing::PrintToString(one));
        auto const ended = preview({"--http2", "example.com", one.spec()});
        EXPECT_EQ(ended.status, 0) << ended.err;
        EXPECT_TRUE(one.renders(ended.out.substr(0, one.number("length")))) << testing::PrintToString(ended.out);
    }
}

TEST(Conformance, PreviewGivesEachHttp2RequestAStream) {
    auto const head = [](char stream) { return std::string("\0\0\x0d\x01\x05\0\0\0", 8) + stream; };
    std::string const block = "\x82\x84\x86\x41\x88\x2f\x91\xd3\x5d\x05\x5c\x87\xa7";
    auto const ended = preview({"--http2", "example.com", "h2p get:/:r:x2", "h2f:PING:ACK:'12345678' get:/:r"});
    EXPECT_EQ(ended.out, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + head(1) + block + head(3) + block +
                             std::string("\0\0\x08\x06\x01\0\0\0\0", 9) + "12345678" + head(5) + block);
}

TEST(Conformance, ExplainedSpecsReplay) {
    auto const small = cases([](Case const& one) {
        return one.is("valid", true) && one.has("length") && one.number("length") < 20000 &&
               one.number("messages") < 100;
    });
    ASSERT_GT(small.size(), 150U);
    for (auto const& one : small) {
        SCOPED_TRACE(testing::PrintToString(one));
        auto const first = preview({"--seed", "1", "-e", "example.com", one.spec()});
        if (first.status != 0 && one.number("messages") > 1)
            continue;  // a later message names a file that is not there
        ASSERT_EQ(first.status, 0) << first.err;
        std::vector<std::string> again{"example.com"};
        std::istringstream lines(first.err);
        for (std::string line; std::getline(lines, line);) again.push_back(line.substr(3));
        if (again.size() == 1) continue;  // x0
        EXPECT_EQ(preview(again).out, first.out) << first.err;
    }
}

TEST(Conformance, RefusesWhatTheOriginalRefused) {
    // The cases were recorded with file access confined to one folder; a client may read what its user may.
    auto const invalid =
        cases([](Case const& one) { return one.is("valid", false) && one["error"]["type"] != "FileAccessDenied"; });
    ASSERT_GE(invalid.size(), 80U);
    for (auto const& one : invalid) {
        SCOPED_TRACE(testing::PrintToString(one));
        auto const ended = preview({"example.com", one.spec()});
        EXPECT_EQ(ended.status, 2);
        EXPECT_EQ(ended.out, "");
        EXPECT_THAT(ended.err, testing::MatchesRegex("spec:[0-9]+:[0-9]+: (.|\n)+\n *\\^\n(hint: .*\n)?"));
    }
}

TEST(Conformance, SurvivesWhatCrashedTheOriginal) {
    auto const crashing = cases([](Case const& one) { return one["valid"].is_null(); });
    ASSERT_FALSE(crashing.empty());
    for (auto const& one : crashing) {
        SCOPED_TRACE(testing::PrintToString(one));
        auto const ended = preview({"example.com", one.spec()});
        EXPECT_THAT(ended.status, testing::AnyOf(0, 2)) << ended.err;
    }
}

}  // namespace
}  // namespace pathology::pathoc::test
