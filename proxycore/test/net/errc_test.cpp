#include <pathology/proxycore/net/errc.hpp>

#include <gtest/gtest.h>

#include <boost/asio/error.hpp>
#include <pathology/proxycore/net/failure.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::net {
namespace {

struct WordsCase {
    std::string_view name;
    error_code code;
    std::string_view words;
};

class Describe : public testing::TestWithParam<WordsCase> {};

TEST_P(Describe, SpeaksTheUsersWords) { EXPECT_EQ(describe(GetParam().code), GetParam().words); }

INSTANTIATE_TEST_SUITE_P(
    Codes, Describe,
    testing::Values(WordsCase{"TimedOut", Errc::timed_out, "nothing moved within the time limit"},
                    WordsCase{"Closed", Errc::closed, "the connection was closed on this side"},
                    WordsCase{"Refused", boost::asio::error::connection_refused, "connection refused"},
                    WordsCase{"Reset", boost::asio::error::connection_reset, "connection reset by the peer"},
                    WordsCase{"End", boost::asio::error::eof, "the peer closed the connection"},
                    WordsCase{"InUse", boost::asio::error::address_in_use, "address already in use"},
                    WordsCase{"Unknown", error_code(ENOTDIR, boost::system::system_category()), "Not a directory"}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(Errc, IsNoOperationAborted) {
    EXPECT_NE(error_code(Errc::timed_out), boost::asio::error::operation_aborted);
    EXPECT_STREQ(error_code(Errc::timed_out).category().name(), "pathology.net");
}

TEST(Failure, IsThrownWithItsSentenceByValue) {
    Result<int> const result = Failure{Errc::stopped, "cannot connect to there:1: stopped"};
    try {
        static_cast<void>(result.value());
        ADD_FAILURE() << "nothing was thrown";
    } catch (boost::system::system_error const& error) {
        EXPECT_EQ(error.code(), Errc::stopped);
        EXPECT_NE(std::string(error.what()).find("cannot connect to there:1"), std::string::npos);
    }
}

}  // namespace
}  // namespace pathology::proxycore::net
