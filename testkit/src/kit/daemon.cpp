#include <pathology/kit/daemon.hpp>

#include <algorithm>
#include <iostream>
#include <pathology/kit/failure.hpp>
#include <utility>

#include "convert.hpp"
#include "daemon_impl.hpp"

namespace pathology::kit {
namespace {

using Clock = std::chrono::steady_clock;
using proxycore::record::Exchange;

pathod::TlsOptions to_pathod(DaemonTls const& tls) {
    pathod::TlsOptions result;
    result.serve = true;
    if (!tls.names.empty()) {
        result.common_name = tls.names.front();
        result.alternative_names = tls.names;
    }
    result.versions = tls.versions;
    result.ciphers = tls.ciphers;
    result.request_client_certificate = tls.request_client_certificate;
    result.clinic = tls.clinic;
    result.fault = tls.fault;
    return result;
}

pathod::Listening to_pathod(Listening listening) {
    switch (listening) {
        case Listening::accept: break;
        case Listening::refuse: return pathod::Listening::refuse;
        case Listening::full_backlog: return pathod::Listening::full_backlog;
    }
    return pathod::Listening::accept;
}

pathod::DaemonOptions to_pathod(DaemonOptions const& options) {
    pathod::DaemonOptions result;
    for (auto const& anchor : options.anchors) result.path_anchors.push_back({anchor.pattern, anchor.spec});
    result.seed = options.seed;
    result.files_folder = options.files_folder;
    result.threads = options.threads;
    if (options.tls) result.tls = to_pathod(*options.tls);
    // A client under test may use either protocol in a tunnel; the test does not have to configure it.
    result.tls.in_tunnels = pathod::InTunnels::detect;
    result.http2 = options.http2;
    result.websocket_echo = options.websocket_echo;
    result.on_accept = options.on_accept;
    result.accept_delay = options.accept_delay;
    result.listening = to_pathod(options.listening);
    result.receive_buffer = options.receive_buffer;
    result.http2_window_updates = options.http2_window_updates;
    result.strict = options.strict;
    result.time_limit = options.time_limit;
    result.log_capacity = options.log_capacity;
    result.keep_body = options.keep_bytes;
    result.keep_bytes = options.keep_bytes;
    result.show_requests = true;  // keeps their raw bytes; nothing is printed without a console
    // A test may look for the request as soon as its client has the response.
    result.enter_early = true;
    return result;
}

/// Calls `ask` until it returns `n` things, once for each new entry of the log. The number of entries is read before,
/// so an entry that is added during the call is not missed.
template <class Ask> auto wait_for(pathod::ExchangeLog const& log, std::size_t n, Daemon::Limit limit, Ask const& ask) {
    auto const deadline = Clock::now() + limit;
    for (;;) {
        auto const seen = log.count();
        auto things = ask();
        auto const left = deadline - Clock::now();
        if (things.size() >= n || left <= Daemon::Limit::zero()) return things;
        (void)log.wait_from(seen, left);
    }
}

std::string describe(std::vector<Request> const& requests) {
    std::string text;
    for (auto const& request : requests) {
        text += "  " + request.method + " " + request.target + " on connection " + std::to_string(request.connection) +
                ", answered by " + request.response.spec + "\n";
    }
    return text;
}

}  // namespace

Daemon::Impl::Impl(DaemonOptions const& options)
    : on_hanging(options.on_hanging), on_unmatched(options.on_unmatched), daemon(observed(options)) {
    // Port 0: parallel tests must not collide. The port is kept for tests that read it after stop().
    if (auto const started = daemon.start(); !started) throw DaemonError(started.error().message);
    port = daemon.port();
    url = daemon.url();
}

std::string const& Daemon::Impl::authority_file() {
    std::call_once(authority_written, [this] { authority.emplace("pathology-authority", authority_pem()); });
    return authority->name();
}

std::vector<Request> Daemon::Impl::unfinished() const {
    auto requests = to_requests(daemon.log().entries());
    std::erase_if(requests, [](Request const& request) { return !request.unfinished; });
    return requests;
}

pathod::DaemonOptions Daemon::Impl::observed(DaemonOptions const& options) {
    auto result = to_pathod(options);
    result.observer = [this](auto const& request, auto const& response) { ledger.observe(request, response); };
    return result;
}

void Daemon::Impl::report_unmatched() const {
    auto const report = ledger.unmatched_report();
    auto const script = ledger.first_script();
    if (!report) return;
    if (on_unmatched)
        on_unmatched(*report);
    else if (script)
        fail(*report, *script);
}

void log_hanging(std::string const& report) { std::cerr << report << std::flush; }

void fail_on_hanging(std::string const& report) { fail(report); }

void ignore_hanging(std::string const& /*report*/) {}

void fail_on_unmatched(std::string const& report) { fail(report); }

void ignore_unmatched(std::string const& /*report*/) {}

Daemon::Daemon(DaemonOptions options) : impl_(std::make_unique<Impl>(options)) {}

Daemon::Daemon(Daemon&& other) noexcept = default;

Daemon& Daemon::operator=(Daemon&& other) noexcept {
    auto const ended = std::move(*this);
    impl_ = std::move(other.impl_);
    return *this;
}

Daemon::~Daemon() {
    if (!impl_) return;
    stop();
    for (auto const& failure : impl_->ledger.failures({}, seed())) fail(failure.text, failure.where);
    impl_->report_unmatched();
    auto const hanging = unfinished();  // read after stop(), since a response may finish meanwhile
    if (hanging.empty() || !impl_->on_hanging) return;
    impl_->on_hanging("kit::Daemon: these responses were not finished when the daemon stopped:\n" + describe(hanging));
}

std::uint16_t Daemon::port() const { return impl_->port; }

std::string Daemon::url() const { return impl_->url; }

std::string Daemon::url(std::string_view path) const { return impl_->url + std::string(path); }

std::string Daemon::url_for(std::string_view spec) const {
    // What `+PATH` names is read for each request, and may be written later.
    bool const is_file = spec.starts_with('+');
    if (!is_file)
        if (auto const checked = impl_->daemon.check_spec(std::string(spec)); !checked)
            throw DaemonError(checked.error().message);
    return impl_->daemon.url_for(spec);
}

std::string Daemon::authority_pem() const { return impl_->authority_pem(); }

std::string Daemon::authority_file() const { return impl_->authority_file(); }

std::uint64_t Daemon::seed() const { return impl_->daemon.seed(); }

Taken<Request> Daemon::take_request(Limit limit) {
    auto const deadline = Clock::now() + limit;
    for (;;) {
        auto entry = impl_->daemon.log().take(std::max(deadline - Clock::now(), Limit::zero()));
        if (!entry) return Taken<Request>::nothing(why_nothing("request", limit, requests().size()) + complaints());
        // The log also has frames and errors, which other functions return.
        if (is_request(*entry)) return to_request(std::move(*entry));
    }
}

std::vector<Request> Daemon::wait_for_requests(std::size_t n, Limit limit) const {
    return wait_for(impl_->daemon.log(), n, limit, [this] { return requests(); });
}

std::vector<Frame> Daemon::wait_for_frames(std::size_t n, Limit limit) const {
    return wait_for(impl_->daemon.log(), n, limit, [this] { return frames(); });
}

std::vector<Frame> Daemon::frames() const { return to_frames(impl_->daemon.log().entries()); }

std::vector<Request> Daemon::requests() const { return to_requests(impl_->daemon.log().entries()); }

Taken<Request> Daemon::last_request() const {
    auto requests = this->requests();
    if (requests.empty()) return Taken<Request>::nothing("no request was recorded" + complaints());
    return std::move(requests.back());
}

/// The input that was no request, as the end of a sentence.
std::string Daemon::complaints() const {
    std::string text;
    for (auto const& line : protocol_errors()) text += (text.empty() ? "; protocol errors: " : ", ") + line;
    return text;
}

std::vector<std::string> Daemon::protocol_errors() const {
    std::vector<std::string> all;
    for (auto& entry : impl_->daemon.log().entries()) {
        if (entry.type == Exchange::Type::error || entry.type == Exchange::Type::timeout) {
            all.push_back(std::move(entry.message));
        }
    }
    return all;
}

void Daemon::forget() {
    impl_->daemon.log().clear();
    impl_->ledger.forget_unmatched();
}

std::vector<Request> Daemon::unfinished() const { return impl_->unfinished(); }

std::size_t Daemon::connections() const { return impl_->daemon.connections(); }

Verdict Daemon::wait_until_idle(Limit limit) const {
    if (impl_->daemon.wait_until_idle(limit)) return Verdict::yes("no connection is open");
    return Verdict::no(std::to_string(connections()) + " connections are still open; unfinished responses:\n" +
                       describe(unfinished()));
}

void Daemon::stop() { impl_->daemon.stop(); }

}  // namespace pathology::kit
