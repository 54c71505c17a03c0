#include <gtest/gtest.h>

#include <pathology/proxycore/addons/hook.hpp>
#include <pathology/proxycore/addons/log_entry.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::addons {
namespace {

#define PATHOLOGY_LIST(name) Hook::name,
std::vector<Hook> const all_hooks = {PATHOLOGY_HOOKS(PATHOLOGY_LIST)};
#undef PATHOLOGY_LIST

TEST(Hook, P40_IsFoundByItsName) {
    EXPECT_EQ(to_string(Hook::requestheaders), "requestheaders");
    EXPECT_EQ(to_string(Hook::tcp_error), "tcp_error");
    for (auto const hook : all_hooks) EXPECT_EQ(parse_hook(to_string(hook)), hook) << to_string(hook);
    EXPECT_EQ(parse_hook("nonsense"), std::nullopt);
    EXPECT_EQ(parse_hook(""), std::nullopt);
}

TEST(Hook, P40_IsFoundByOlderNames) {
    EXPECT_EQ(parse_hook("clientconnect"), Hook::client_connected);
    EXPECT_EQ(parse_hook("clientdisconnect"), Hook::client_disconnected);
    EXPECT_EQ(parse_hook("serverconnect"), Hook::server_connect);
    EXPECT_EQ(parse_hook("serverdisconnect"), Hook::server_disconnected);
    EXPECT_EQ(parse_hook("client_connect"), Hook::client_connected);
    EXPECT_EQ(parse_hook("start"), Hook::load);
    EXPECT_EQ(parse_hook("websocket_handshake"), Hook::websocket_start);  // B7
}

TEST(HookSet, HoldsWhatWasAdded) {
    HookSet set{Hook::load, Hook::tcp_error};
    EXPECT_TRUE(set.contains(Hook::load));
    EXPECT_TRUE(set.contains(Hook::tcp_error));
    EXPECT_FALSE(set.contains(Hook::request));
    set.add(Hook::request);
    EXPECT_TRUE(set.contains(Hook::request));
    EXPECT_TRUE(HookSet().empty());
    EXPECT_EQ((HookSet{Hook::load} | HookSet{Hook::tcp_error}), (HookSet{Hook::load, Hook::tcp_error}));
    for (auto const hook : all_hooks)
        for (auto const other : all_hooks) EXPECT_EQ(HookSet{hook}.contains(other), hook == other);
}

TEST(LogLevel, HasAName) {
    EXPECT_EQ(to_string(LogLevel::error), "error");
    EXPECT_EQ(to_string(LogLevel::warn), "warn");
    EXPECT_EQ(to_string(LogLevel::alert), "alert");
    EXPECT_EQ(to_string(LogLevel::info), "info");
    EXPECT_EQ(to_string(LogLevel::debug), "debug");
}

}  // namespace
}  // namespace pathology::proxycore::addons
