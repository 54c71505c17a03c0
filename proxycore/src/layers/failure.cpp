#include <pathology/proxycore/layers/failure.hpp>

#include <pathology/proxycore/errors.hpp>

#include <algorithm>
#include <array>

namespace pathology::proxycore::layers {
namespace {

// RFC 9110 §9.2.2. Methods are case-sensitive (§9.1).
constexpr std::array idempotent_methods{std::string_view("GET"),     std::string_view("HEAD"),
                                        std::string_view("PUT"),     std::string_view("DELETE"),
                                        std::string_view("OPTIONS"), std::string_view("TRACE")};

}  // namespace

bool may_repeat(Repeat repeat, std::string_view method) {
    if (repeat != Repeat::if_idempotent) return repeat == Repeat::always;
    return std::find(idempotent_methods.begin(), idempotent_methods.end(), method) != idempotent_methods.end();
}

void throw_exception_from_error(Failure const& failure, boost::source_location const& /*where*/) {
    throw ProtocolException(failure.message);
}

}  // namespace pathology::proxycore::layers
