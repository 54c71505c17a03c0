#include <pathology/kit/proxy.hpp>

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <condition_variable>
#include <deque>
#include <fstream>
#include <iterator>
#include <mutex>
#include <pathology/kit/failure.hpp>
#include <pathology/proxycore/addons/flow_recorder.hpp>
#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/multiupstream/selector.hpp>
#include <pathology/proxycore/proxy/proxy.hpp>
#include <pathology/proxycore/tls/authority.hpp>

#include "convert.hpp"
#include "temporary.hpp"

namespace pathology::kit {
namespace {

namespace addons = proxycore::addons;
using proxycore::flow::HttpFlow;

/// The folder of the authority that all proxies of this program share. An RSA key would take up to a second for each
/// test program.
std::filesystem::path const& authority_folder() {
    static TemporaryFolder const folder("pathology-authority");
    static bool const is_made =
        proxycore::tls::Authority::open(folder.path(), {.key = proxycore::tls::KeyType::ecdsa_p256}).has_value();
    if (!is_made) throw ProxyError("cannot create an authority in " + folder.path().string());
    return folder.path();
}

/// Calls the functions of a test.
class Hooks final : public addons::Addon {
public:
    Hooks(FlowHook on_request, FlowHook on_response)
        : on_request_(std::move(on_request)), on_response_(std::move(on_response)) {}
    std::string name() const override { return "test"; }

    addons::asio::awaitable<void> request(HttpFlow& flow) override {
        if (on_request_) on_request_(flow);
        co_return;
    }
    addons::asio::awaitable<void> response(HttpFlow& flow) override {
        if (on_response_) on_response_(flow);
        co_return;
    }

private:
    FlowHook on_request_, on_response_;
};

/// Flows and log lines, filled by the thread of the proxy and read by tests.
///
///     flows_:  [ taken │ not taken ]     the front is dropped at capacity_, taken or not
///                    taken_
class Memory {
public:
    explicit Memory(std::size_t capacity) : capacity_(std::max<std::size_t>(capacity, 1)) {}

    void add(Flow flow) {
        std::scoped_lock const lock(mutex_);
        if (flows_.size() == capacity_) {
            flows_.pop_front();
            taken_ -= std::min<std::size_t>(taken_, 1);
        }
        flows_.push_back(std::move(flow));
        changed_.notify_all();
    }
    void record(addons::LogEntry const& entry) {
        auto const client = entry.client.empty() ? std::string() : entry.client + ": ";
        std::scoped_lock const lock(mutex_);
        log_.push_back(std::string(to_string(entry.level)) + ": " + client + entry.message);
    }

    Taken<Flow> take(Proxy::Limit limit) {
        std::unique_lock lock(mutex_);
        bool const has_come = changed_.wait_for(lock, limit, [this] { return taken_ < flows_.size(); });
        if (!has_come) return Taken<Flow>::nothing(why_nothing("flow", limit, flows_.size()) + last_error());
        return flows_[taken_++];
    }
    std::vector<Flow> wait_for(std::size_t n, Proxy::Limit limit) const {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, limit, [&] { return flows_.size() >= n; });
        return {flows_.begin(), flows_.end()};
    }
    std::vector<std::string> log() const {
        std::scoped_lock const lock(mutex_);
        return log_;
    }
    void forget() {
        std::scoped_lock const lock(mutex_);
        flows_.clear();
        log_.clear();
        taken_ = 0;
    }

private:
    /// The last warning or error of the log, as the end of a sentence: it may be why nothing came.
    std::string last_error() const {
        auto const is_one = [](std::string const& line) {
            return line.starts_with("error") || line.starts_with("warn");
        };
        auto const found = std::find_if(log_.rbegin(), log_.rend(), is_one);
        return found == log_.rend() ? std::string() : "; the log says: " + *found;
    }

    std::size_t const capacity_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::deque<Flow> flows_;
    std::size_t taken_ = 0;  ///< number of taken flows at the front
    std::vector<std::string> log_;
};

/// Runs `work` and translates the exceptions of the proxy to ProxyError.
template <class Work> void translated(Work work) {
    try {
        work();
    } catch (proxycore::ProxyException const& error) {
        throw ProxyError(error.what());
    }
}

/// That of the URL by which clients use the proxy.
std::string scheme_of(proxycore::modes::Mode const& mode) {
    auto const traits = traits_of(mode);
    if (traits.first_layer == proxycore::modes::FirstLayer::socks5) return "socks5";
    return traits.fixed_server != nullptr ? traits.fixed_server->scheme : "http";
}

}  // namespace

class Proxy::Impl {
public:
    explicit Impl(ProxyOptions options)
        : memory(options.flow_capacity),
          on_exception(std::move(options.on_exception)),
          proxy([this](addons::LogEntry const& entry) { log(entry); }) {
        auto& chain = proxy.addons();
        // Before the recorder, so that records have what the hooks of the test changed.
        chain.add(std::make_shared<Hooks>(std::move(options.on_request), std::move(options.on_response)));
        auto const record = [this](proxycore::record::Exchange exchange) { memory.add(to_flow(std::move(exchange))); };
        chain.add(std::make_shared<addons::FlowRecorder>(record));
        std::vector<addons::Setting> settings{{"mode", options.mode}};
        for (auto const& text : options.settings) settings.push_back(addons::parse_setting(text));
        set_unless_given(settings, "confdir", authority_folder().string());
        // Loopback and a free port: no firewall prompts, and parallel tests do not collide.
        set_unless_given(settings, "listen_host", "127.0.0.1");
        set_unless_given(settings, "listen_port", "0");
        selector = std::dynamic_pointer_cast<proxycore::multiupstream::Selector>(options.selector);
        if (options.selector) proxy.set_selector(std::move(options.selector));
        proxy.options().apply(settings);
        proxy.start();
        port = proxy.port();
        scheme = scheme_of(proxy.listeners().at(0).mode);
        confdir = proxy.options().get<std::string>("confdir");
    }

    Memory memory;
    ExceptionReport const on_exception;
    proxycore::proxy::Proxy proxy;
    std::shared_ptr<proxycore::multiupstream::Selector> selector;  // of the options; nullptr: another one, or none
    std::uint16_t port = 0;
    std::string scheme;
    std::filesystem::path confdir;

    /// On the thread of the proxy, or after its end.
    std::vector<proxycore::multiupstream::FolderStatistics> upstream_statistics() const {
        auto all = proxy.upstream_statistics();
        if (selector) all.push_back({"", selector->statistics()});
        return all;
    }

private:
    void log(addons::LogEntry const& entry) {
        memory.record(entry);
        if (!entry.addon.empty() && on_exception) on_exception("kit::Proxy: " + entry.message);
    }

    static void set_unless_given(std::vector<addons::Setting>& settings, std::string const& name,
                                 std::string const& value) {
        auto const is_it = [&](addons::Setting const& setting) { return setting.name == name; };
        if (std::none_of(settings.begin(), settings.end(), is_it)) settings.push_back({name, value});
    }
};

void fail_on_exception(std::string const& report) { fail(report); }

void ignore_exception(std::string const& /*report*/) {}

Proxy::Proxy(ProxyOptions options) {
    translated([&] { impl_ = std::make_unique<Impl>(std::move(options)); });
}

// Impl::proxy stops when it is destroyed, before the members that its thread uses.
Proxy::~Proxy() = default;
Proxy::Proxy(Proxy&& other) noexcept = default;
Proxy& Proxy::operator=(Proxy&& other) noexcept = default;

std::uint16_t Proxy::port() const { return impl_->port; }
std::string Proxy::address() const { return "127.0.0.1:" + std::to_string(port()); }
std::string Proxy::url() const { return impl_->scheme + "://" + address(); }
std::string Proxy::url(std::string_view path) const { return url().append(path); }

std::string Proxy::authority_file() const { return (impl_->confdir / "pathology-ca-cert.pem").string(); }

std::string Proxy::authority_pem() const {
    std::ifstream file(authority_file());
    return {std::istreambuf_iterator<char>(file), {}};
}

void Proxy::add(addons::AddonHandle const& addon) {
    translated([&] { impl_->proxy.perform([&] { impl_->proxy.addons().add(addon); }); });
}

void Proxy::set(std::string_view setting) {
    translated([&] {
        auto const parsed = addons::parse_setting(setting);
        impl_->proxy.perform([&] {
            (void)impl_->proxy.options().declaration(
                // Throws for an unknown name, which apply() would defer.
                parsed.name);
            impl_->proxy.options().apply({parsed});
        });
    });
}

Taken<Flow> Proxy::take_flow(Limit limit) { return impl_->memory.take(limit); }
std::vector<Flow> Proxy::wait_for_flows(std::size_t n, Limit limit) const { return impl_->memory.wait_for(n, limit); }
std::vector<Flow> Proxy::flows() const { return impl_->memory.wait_for(0, Limit::zero()); }
std::vector<std::string> Proxy::log() const { return impl_->memory.log(); }
void Proxy::forget() { impl_->memory.forget(); }

std::vector<proxycore::multiupstream::FolderStatistics> Proxy::upstream_statistics() const {
    std::vector<proxycore::multiupstream::FolderStatistics> all;
    try {
        impl_->proxy.perform([&] { all = impl_->upstream_statistics(); });
    } catch (boost::system::system_error const&) {
        impl_->proxy.stop();  // it stops already: this waits for its end
        all = impl_->upstream_statistics();
    }
    return all;
}

std::size_t Proxy::connections() const { return impl_->proxy.connections(); }

Verdict Proxy::wait_until_idle(Limit limit) const {
    if (impl_->proxy.wait_until_empty(limit)) return Verdict::yes("no connection is open");
    return Verdict::no(std::to_string(connections()) + " connections are still open");
}

void Proxy::stop() { impl_->proxy.stop(); }

}  // namespace pathology::kit
