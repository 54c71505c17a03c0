// A proxy in multi-upstream mode, with a folder that the test writes.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "proxy/proxy_fixture.hpp"
#include "proxy/test_client.hpp"
#include "support/folder.hpp"

namespace pathology::proxycore::proxy::test {

inline std::string get(std::string const& host) {
    return "GET http://" + host + "/ HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
}
inline std::string connect_to(std::string const& where) { return "CONNECT " + where + " HTTP/1.1\r\n\r\n"; }

/// A folder with proxies.yaml.
class ConfigurationFolder {
public:
    /// An entry of `proxies`, with a rule such as `type: default`.
    void add(std::string const& name, std::string const& url, std::string const& more = "rules: [{type: default}]") {
        text_ += "  - {name: " + name + ", url: '" + url + "', " + more + "}\n";
        write(text_);
    }
    void write(std::string const& text) const {
        auto const file = folder_.path() / "proxies.yaml";
        std::ofstream(file.string() + ".new") << text;
        std::filesystem::rename(file.string() + ".new", file);
    }
    std::string path() const { return folder_.path().string(); }
    std::string mode() const { return "multiupstream:" + path(); }

private:
    pathology::test::Folder folder_;
    std::string text_ = "proxies:\n";
};

class MultiUpstreamFixture : public testing::Test {
protected:
    ProxyFixture& start() {
        fixture_ = std::make_unique<ProxyFixture>(std::vector{folder.mode()});
        for (auto const& setting : settings) fixture_->set(setting);
        fixture_->start();
        return *fixture_;
    }
    ProxyFixture& fixture() { return *fixture_; }
    /// The response to a request of a new client.
    ReceivedResponse request(std::string const& host) { return TestClient(fixture_->port()).request(get(host)); }
    /// Its body.
    std::string ask(std::string const& host) { return request(host).body; }

    ConfigurationFolder folder;
    std::vector<std::string> settings{"multiupstream_explain=true"};

private:
    std::unique_ptr<ProxyFixture> fixture_;
};

}  // namespace pathology::proxycore::proxy::test
