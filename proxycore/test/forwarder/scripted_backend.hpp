// A backend inside the test: responds by the path of a request, and records what it is asked.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "proxy/origin.hpp"

namespace pathology::proxycore::forwarder::test {

namespace asio = boost::asio;

/// A request as it came.
struct AskedRequest {
    std::string head, body;
};

/// Without a script: an empty blacklist, activities are accepted, and there is no proxy.
class ScriptedBackend {
public:
    ScriptedBackend();

    /// `http://127.0.0.1:1234`
    std::string url() const { return server_.url(); }

    /// What requests for the path get from now on.
    void respond(std::string const& path, unsigned status, std::string const& json = {});
    /// The next ones get these, one after the other; later ones the last.
    void respond_in_turn(std::string const& path, std::vector<std::string> const& json);
    /// Requests for the path get no response.
    void hang(std::string const& path);
    /// Requests for the path are answered by the end of the connection.
    void close(std::string const& path);

    /// The requests for the path so far.
    std::vector<AskedRequest> asked(std::string const& path) const;
    /// Waits until there are so many, and returns them; fewer after 20 seconds.
    std::vector<AskedRequest> wait_for(std::string const& path, std::size_t count) const;

private:
    asio::awaitable<void> serve(net::Stream& stream);
    /// The bytes of the next response; "hang" and "close" are no responses.
    std::string next_response(std::string const& path);
    void record(std::string const& path, AskedRequest request);

    mutable std::mutex mutex_;
    mutable std::condition_variable recorded_;
    std::map<std::string, std::vector<std::string>> script_;
    std::map<std::string, std::vector<AskedRequest>> asked_;
    proxy::test::Origin server_;
};

}  // namespace pathology::proxycore::forwarder::test
