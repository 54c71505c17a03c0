// What a kit::Daemon holds.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <pathology/kit/daemon.hpp>
#include <pathology/pathod/daemon.hpp>
#include <string>
#include <vector>

#include "ledger.hpp"
#include "temporary.hpp"

namespace pathology::kit {

class Daemon::Impl {
public:
    explicit Impl(DaemonOptions const& options);  ///< starts the daemon

    std::string authority_pem() const { return daemon.authority_pem().value(); }
    std::string const& authority_file();
    std::vector<Request> unfinished() const;
    void report_unmatched() const;
    /// Adds an anchor with these responses. Errors: throws DaemonError.
    void add(pathod::FunctionAnchor anchor, Responses const& responses, std::source_location where);

    HangingReport const on_hanging;
    UnmatchedReport const on_unmatched;
    Ledger ledger;  // before the daemon, which uses it
    pathod::Daemon daemon;
    std::uint16_t port = 0;
    std::string url;
    std::once_flag authority_written;
    std::optional<TemporaryFile> authority;

private:
    /// The options of pathod, by which the ledger is told of each request.
    pathod::DaemonOptions observed(DaemonOptions const& options);
};

}  // namespace pathology::kit
