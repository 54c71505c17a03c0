// The parts of a forwarder, and what happens to a request at its end.
#pragma once

#include <map>
#include <optional>
#include <pathology/proxycore/addons/host.hpp>
#include <pathology/proxycore/forwarder/forwarder.hpp>
#include <pathology/proxycore/http/fields.hpp>
#include <utility>

#include "forwarder/activity_log.hpp"
#include "forwarder/admission.hpp"
#include "forwarder/blacklist_cache.hpp"
#include "forwarder/request_record.hpp"

namespace pathology::proxycore::forwarder {

struct Forwarder::State {
    State(LoadedSettings loaded, Forwarder& its_owner)
        : owner(its_owner),
          settings(std::move(loaded.settings)),
          warnings(std::move(loaded.warnings)),
          backend(std::make_unique<Backend>(settings)),
          blacklist(*backend, settings, log()),
          admission(*backend, blacklist, settings, log()),
          activities([this](Activity activity) { return post(std::move(activity)); }, log()) {}

    Log log() {
        return [this](LogLevel level, std::string_view text) { write(level, text); };
    }
    void write(LogLevel level, std::string_view text);
    void write_early();
    /// The work beside the hooks, until it is cancelled.
    asio::awaitable<void> run();

    std::shared_ptr<RequestRecord> record_of(flow::HttpFlow const& flow) const {
        return flow.attachments.get<RequestRecord>(&owner);
    }
    bool is_own_site(flow::Request const& request) const {
        return !own_site.empty() && http::equals_ignoring_case(request.pretty_host(), own_site);
    }

    void report(flow::HttpFlow const& flow, RequestRecord& record, unsigned status);
    void end_without_response(flow::HttpFlow& flow, RequestRecord& record);
    /// Releases the slots of requests whose connection switched to another protocol and has ended.
    void release(flow::Id const& server);

    /// Returns why it failed.
    asio::awaitable<std::string> post(Activity activity);

    Forwarder& owner;
    Settings settings;
    std::vector<std::string> warnings;
    std::unique_ptr<Backend> backend;  // ends with done(), before the loop of its connections
    BlacklistCache blacklist;
    Admission admission;
    ActivityLog activities;
    addons::Host* host = nullptr;
    /// Lines of the start. The first line of the log names the address of the proxy, and scripts read it there.
    std::optional<std::vector<addons::LogEntry>> early{std::in_place};
    std::string own_site{};  ///< the host of the onboarding site; empty = there is none
    /// Requests whose connection switched to another protocol, by the server connection.
    std::multimap<flow::Id, std::shared_ptr<RequestRecord>> upgraded{};
};

}  // namespace pathology::proxycore::forwarder
