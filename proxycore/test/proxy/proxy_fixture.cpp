#include "proxy/proxy_fixture.hpp"

#include "support/folder.hpp"
#include "support/play.hpp"

namespace pathology::proxycore::proxy::test {
namespace {

using proxycore::test::patience;

std::string shared_confdir() {
    static pathology::test::Folder const folder;
    return folder.path().string();
}

}  // namespace

ProxyFixture::ProxyFixture(std::vector<std::string> modes)
    : proxy([this](addons::LogEntry const& entry) {
          std::scoped_lock const lock(mutex_);
          log_ += std::string(to_string(entry.level)) + ": " + entry.message + '\n';
          logged_.notify_all();
      }) {
    proxy.options().update({{"mode", std::move(modes)},
                            {"listen_host", std::string("127.0.0.1")},
                            {"listen_port", addons::OptionalNumber(0)},
                            {"confdir", shared_confdir()}});
}

ProxyFixture& ProxyFixture::set(std::string const& setting) {
    proxy.options().apply({addons::parse_setting(setting)});
    return *this;
}

void ProxyFixture::start() {
    proxy.addons().add(recorder);
    proxy.start();
}

std::string ProxyFixture::log() const {
    std::scoped_lock const lock(mutex_);
    return log_;
}

bool ProxyFixture::wait_for_log(std::string const& text) const {
    std::unique_lock lock(mutex_);
    return logged_.wait_for(lock, patience, [&] { return log_.find(text) != log_.npos; });
}

}  // namespace pathology::proxycore::proxy::test
