#include <gtest/gtest.h>

#include <pathology/pathod/exchange_log.hpp>
#include <thread>

namespace pathology::pathod {
namespace {

using namespace std::chrono_literals;

Exchange saying(std::string message) {
    Exchange exchange;
    exchange.message = std::move(message);
    return exchange;
}

std::string text_of(std::vector<Exchange> const& entries) {
    std::string text;
    for (auto const& entry : entries) text += std::to_string(entry.id) + entry.message + " ";
    return text;
}

TEST(ExchangeLog, KeepsTheLastEntriesOldestFirst) {
    ExchangeLog log(3);
    for (auto const* message : {"a", "b", "c", "d", "e"}) log.add(saying(message));
    EXPECT_EQ(text_of(log.entries()), "2c 3d 4e ");
    EXPECT_EQ(log.last()->message, "e");
    EXPECT_EQ(log.size(), 3U);
    EXPECT_EQ(log.count(), 5U);
}

TEST(ExchangeLog, CountsOnAfterClear) {
    ExchangeLog log(3);
    log.add(saying("a"));
    log.clear();
    EXPECT_FALSE(log.last());
    EXPECT_EQ(log.add(saying("b")), 1U);
    EXPECT_EQ(text_of(log.entries()), "1b ");
}

TEST(ExchangeLog, TakesEachEntryOnce) {
    ExchangeLog log(2);
    log.add(saying("a"));
    EXPECT_EQ(log.take(0s)->message, "a");
    EXPECT_FALSE(log.take(0s));
    for (auto const* message : {"b", "c", "d"}) log.add(saying(message));
    EXPECT_EQ(log.take(0s)->message, "c") << "b fell out of the ring";
    log.clear();
    EXPECT_FALSE(log.take(0s));
}

TEST(ExchangeLog, WaitsForEntriesToCome) {
    ExchangeLog log;
    std::thread writer([&] {
        for (auto const* message : {"a", "b", "c"}) log.add(saying(message));
    });
    auto const all = log.wait_for(3, 10s);
    ASSERT_TRUE(all);
    EXPECT_EQ(text_of(*all), "0a 1b 2c ");
    EXPECT_EQ(log.wait_from(2, 10s)->message, "c");
    EXPECT_FALSE(log.wait_for(4, 1ms));
    EXPECT_FALSE(log.wait_from(3, 1ms));
    writer.join();
}

TEST(ExchangeLog, CompletesAnEntryThatIsStillThere) {
    ExchangeLog log(1);
    auto const gone = log.add(saying("a"));
    auto const kept = log.add(saying("b"));
    log.complete(gone, [](Exchange&) { ADD_FAILURE() << "that entry fell out"; });
    log.complete(kept, [](Exchange& entry) { entry.message += "!"; });
    EXPECT_EQ(text_of(log.entries()), "1b! ");
}

TEST(ExchangeLog, WaitsWithoutEndWhenAsked) {
    ExchangeLog log;
    log.add(saying("a"));
    EXPECT_TRUE(log.take(ExchangeLog::Duration::max()));
}

}  // namespace
}  // namespace pathology::pathod
