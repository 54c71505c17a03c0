#include "forwarder/forwarder_fixture.hpp"

#include <chrono>
#include <utility>

#include "support/play.hpp"

namespace pathology::proxycore::forwarder::test {

std::string proxy_json(int id, std::uint16_t port, std::string const& protocol, std::string const& more) {
    return R"({"id":)" + std::to_string(id) + R"(,"ip":"127.0.0.1","port":)" + std::to_string(port) +
           R"(,"protocol":")" + protocol + R"(","is_working":true)" + more + "}";
}

std::string get_of(std::string const& url, std::string const& fields) {
    auto const begin = url.find("://") + 3;
    auto const host = url.substr(begin, url.find('/', begin) - begin);
    return "GET " + url + " HTTP/1.1\r\nHost: " + host + "\r\n" + fields + "\r\n";
}

ForwarderFixture::ForwarderFixture(std::string const& variables, std::vector<std::string> modes)
    : fixture(std::move(modes)) {
    auto const file = folder_.write(
        "forwarder.env", "SYSTEM_TOKEN=system-token\nFASTAPI_BASE_URL=" + backend.url() + "\n" + variables + "\n");
    fixture.set("forwarder=true").set("forwarder_env=" + file);
}

void ForwarderFixture::choose(std::uint16_t port, std::string const& protocol, std::string const& more) {
    backend.respond("/proxy", 200, proxy_json(42, port, protocol, more));
}

ReceivedResponse ForwarderFixture::get(std::string const& url, std::string const& fields) const {
    return TestClient(port()).request(get_of(url, fields));
}

std::vector<nlohmann::json> ForwarderFixture::activities(std::size_t count) const {
    std::vector<nlohmann::json> all;
    for (auto const& request : backend.wait_for("/activity", count))
        all.push_back(nlohmann::json::parse(request.body, nullptr, false));
    return all;
}

std::string ForwarderFixture::activity() const {
    auto const all = activities(1);
    if (all.size() != 1) return std::to_string(all.size()) + " activities";
    return all[0]["status_code"].dump() + " " + all[0]["proxy_id"].dump();
}

Forwarder::Statistics ForwarderFixture::statistics() {
    Forwarder::Statistics now;
    fixture.proxy.perform([&] {
        auto const addon = fixture.proxy.addons().find("forwarder");
        now = dynamic_cast<Forwarder&>(*addon).statistics();
    });
    return now;
}

bool ForwarderFixture::wait_until(std::function<bool(Forwarder::Statistics const&)> const& is_so) {
    auto const end = std::chrono::steady_clock::now() + proxycore::test::patience;
    while (!is_so(statistics()))
        if (std::chrono::steady_clock::now() > end) return false;
    return true;
}

}  // namespace pathology::proxycore::forwarder::test
