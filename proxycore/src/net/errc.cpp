#include <pathology/proxycore/net/errc.hpp>
#include <pathology/proxycore/net/failure.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <string_view>
#include <utility>

namespace pathology::proxycore::net {
namespace {

namespace asio = boost::asio;

std::string_view words(Errc code) {
    switch (code) {
        case Errc::timed_out: return "nothing moved within the time limit";
        case Errc::closed: return "the connection was closed on this side";
        case Errc::already_started: return "the server has been started already";
        case Errc::name_not_found: return "no address is known for this name";
        case Errc::too_many_connections: return "too many connections are open";
        case Errc::out_of_descriptors: return "the limit of open files is reached (see ulimit -n)";
        case Errc::stopped: return "the server was stopped";
    }
    return "unknown error";
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"  // Boost protects its destructor instead
class Category final : public boost::system::error_category {
public:
    char const* name() const noexcept override { return "pathology.net"; }
    std::string message(int code) const override { return std::string(words(static_cast<Errc>(code))); }
};
#pragma GCC diagnostic pop

// Messages of the system, in the terms of a connection instead of a system call.
std::pair<error_code, std::string_view> const user_words[] = {
    {asio::error::eof, "the peer closed the connection"},
    {asio::error::connection_refused, "connection refused"},
    {asio::error::connection_reset, "connection reset by the peer"},
    {asio::error::broken_pipe, "the peer closed the connection while being written to"},
    {asio::error::operation_aborted, "stopped"},
    {asio::error::timed_out, "the peer did not respond"},
    {asio::error::host_unreachable, "no route to the host"},
    {asio::error::network_unreachable, "the network is unreachable"},
    {asio::error::host_not_found, "no address is known for this name"},
    {asio::error::host_not_found_try_again, "the name server did not respond"},
    {asio::error::address_in_use, "address already in use"},
    {asio::error::access_denied, "permission denied"},
    {error_code(EADDRNOTAVAIL, boost::system::system_category()), "no such address on this machine"},
};

}  // namespace

boost::system::error_category const& errc_category() noexcept {
    static Category const category;
    return category;
}

error_code make_error_code(Errc code) noexcept { return {static_cast<int>(code), errc_category()}; }

std::string describe(error_code code) {
    // By equality, not by equivalence of conditions: a code of another category may mean something else.
    for (auto const& [known, text] : user_words) {
        if (known == code) return std::string(text);
    }
    return code.message();
}

void throw_exception_from_error(Failure const& failure, boost::source_location const&) {
    throw boost::system::system_error(failure.code, failure.message);
}

}  // namespace pathology::proxycore::net
