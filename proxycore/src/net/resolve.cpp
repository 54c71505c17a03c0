#include <pathology/proxycore/net/resolve.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <memory>
#include <pathology/proxycore/async/event.hpp>

namespace pathology::proxycore::net {
namespace {

using Resolver = asio::ip::tcp::resolver;

Endpoints endpoints_of(Resolver::results_type const& found) {
    Endpoints endpoints;
    for (auto const& entry : found) endpoints.push_back(entry.endpoint());
    return endpoints;
}

error_code as_name_error(error_code ec) { return ec == asio::error::host_not_found ? Errc::name_not_found : ec; }

/// A lookup that may outlive the coroutine that began it: Asio 1.81 cannot cancel one by slot.
struct Search {
    explicit Search(asio::any_io_executor const& executor) : resolver(executor) {}

    Resolver resolver;
    async::Event done;
    error_code ec = asio::error::operation_aborted;
    Endpoints found;
};

}  // namespace

Endpoints spelled_address(std::string const& host, std::uint16_t port) {
    bool const bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    error_code ec;
    auto const address = asio::ip::make_address(bracketed ? host.substr(1, host.size() - 2) : host, ec);
    if (ec) return {};
    return {{address, port}};
}

asio::awaitable<Endpoints> resolve(std::string host, std::uint16_t port, error_code& ec) {
    auto const search = std::make_shared<Search>(co_await asio::this_coro::executor);
    search->resolver.async_resolve(host, std::to_string(port), Resolver::numeric_service,
                                   [search](error_code why, Resolver::results_type const& found) {
                                       search->ec = as_name_error(why);
                                       search->found = endpoints_of(found);
                                       search->done.notify();
                                   });
    // A cancelled wait leaves the lookup behind, which keeps `search` until it completes; ec is operation_aborted then.
    co_await search->done.wait(async::as_values);
    ec = search->ec;
    co_return search->found;
}

// Before the workers run there is no loop that a coroutine could wait on.
Endpoints resolve_now(std::string const& host, std::uint16_t port, error_code& ec) {
    asio::io_context context;
    auto const found = Resolver(context).resolve(host, std::to_string(port), Resolver::numeric_service, ec);
    ec = as_name_error(ec);
    return endpoints_of(found);
}

}  // namespace pathology::proxycore::net
