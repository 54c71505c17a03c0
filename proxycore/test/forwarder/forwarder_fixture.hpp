// A proxy with a forwarder, and its backend.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <pathology/proxycore/forwarder/forwarder.hpp>
#include <string>
#include <utility>
#include <vector>

#include "forwarder/scripted_backend.hpp"
#include "proxy/proxy_fixture.hpp"
#include "proxy/test_client.hpp"
#include "support/folder.hpp"

namespace pathology::proxycore::forwarder::test {

using proxy::test::ReceivedResponse;
using proxy::test::TestClient;

/// The proxies that the backend of a test names are on loopback.
class ForwarderFixture {
public:
    /// `variables` are further lines of the `.env` file.
    explicit ForwarderFixture(std::string const& variables = {}, std::vector<std::string> modes = {"regular"});

    void start() { fixture.start(); }
    std::uint16_t port() const { return fixture.port(); }

    /// Has the backend choose this proxy for each request.
    void choose(std::uint16_t port, std::string const& protocol = "http", std::string const& more = {});
    /// `GET url` with a token, in absolute-form over a connection of its own.
    ReceivedResponse get(std::string const& url, std::string const& fields = bearer) const;
    /// The activities after so many have come.
    std::vector<nlohmann::json> activities(std::size_t count) const;
    /// "status proxy_id" of the only activity.
    std::string activity() const;
    Forwarder::Statistics statistics();
    /// Asks once in each turn of the loop until they are so; false after 20 seconds.
    bool wait_until(std::function<bool(Forwarder::Statistics const&)> const& is_so);
    /// Makes a proxy or a target that lives as long as the fixture.
    template <class T, class... Arguments> T& keep(Arguments&&... arguments) {
        auto const made = std::make_shared<T>(std::forward<Arguments>(arguments)...);
        kept_.push_back(made);
        return *made;
    }

    static constexpr char token[] = "Bearer user-jwt";
    static constexpr char bearer[] = "Authorization: Bearer user-jwt\r\n";

private:
    pathology::test::Folder folder_;
    std::vector<std::shared_ptr<void>> kept_;

public:
    ScriptedBackend backend;
    proxy::test::ProxyFixture fixture;
};

/// `{"id": …, "ip": "127.0.0.1", …}`
std::string proxy_json(int id, std::uint16_t port, std::string const& protocol = "http", std::string const& more = {});

/// A GET in absolute-form, with the host of the URL.
std::string get_of(std::string const& url, std::string const& fields = ForwarderFixture::bearer);

}  // namespace pathology::proxycore::forwarder::test
