// Prints the log for people:
//
//     [12:34:56.789][127.0.0.1:57770] client connect
#pragma once

#include <functional>
#include <pathology/proxycore/addons/addon.hpp>
#include <pathology/proxycore/addons/dump_sink.hpp>
#include <pathology/proxycore/flow/time.hpp>
#include <string>

namespace pathology::proxycore::addons {

/// The option is `termlog_verbosity`: the least important level that is printed. Times are local.
class TermLog final : public Addon {
public:
    TermLog(DumpSink sink, std::function<flow::Time()> now) : sink_(std::move(sink)), now_(std::move(now)) {}
    std::string name() const override { return "termlog"; }

    void load(Host& host) override;
    void configure(Options const& options, std::set<std::string> const& changed) override;
    void log(LogEntry const& entry) override;

private:
    DumpSink sink_;
    std::function<flow::Time()> now_;
    std::string verbosity_ = "info";
    LogLevel level_ = LogLevel::info;
};

}  // namespace pathology::proxycore::addons
