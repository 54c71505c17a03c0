// GoogleTest fixtures that own a daemon.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <pathology/kit/daemon.hpp>
#include <pathology/testkit/failure.hpp>
#include <utility>

namespace pathology::testkit {

/// Adds a fresh daemon, `daemon`, to each test of the fixture `Base`.
template <class Base> class WithDaemonPerTest : public Base {
protected:
    WithDaemonPerTest() = default;
    explicit WithDaemonPerTest(DaemonOptions options) : daemon(std::move(options)) {}

    Daemon daemon;
};

/// Adds one daemon, `daemon`, to all tests of a suite. Its records are cleared before each test.
///
/// A suite with options starts the daemon itself:
///
///     static void SetUpTestSuite() { start_daemon({.anchors = {{"/login", "302:l'/home'"}}}); }
///
/// Thread: GoogleTest runs suites one after the other, so those over the same `Base` share no daemon.
template <class Base> class WithDaemonPerSuite : public Base {
public:
    static void SetUpTestSuite() {
        Base::SetUpTestSuite();
        start_daemon();
    }
    static void TearDownTestSuite() {
        running_.reset();
        Base::TearDownTestSuite();
    }

protected:
    WithDaemonPerSuite() : daemon(*running_) { daemon.forget(); }

    static void start_daemon(DaemonOptions options = {}) { running_ = std::make_unique<Daemon>(std::move(options)); }

    Daemon& daemon;

private:
    inline static std::unique_ptr<Daemon> running_;
};

using DaemonPerTest = WithDaemonPerTest<testing::Test>;
using DaemonPerSuite = WithDaemonPerSuite<testing::Test>;

}  // namespace pathology::testkit
