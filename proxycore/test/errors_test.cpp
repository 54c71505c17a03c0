#include <pathology/proxycore/errors.hpp>

#include <gtest/gtest.h>

#include <pathology/proxycore/addons/addon.hpp>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/proxy/proxy.hpp>

namespace pathology::proxycore {
namespace {

template <class Class> constexpr bool derives = std::is_base_of_v<ProxyException, Class>;

// Row P37: every one derives from the base.
static_assert(std::is_base_of_v<std::runtime_error, ProxyException>);
static_assert(derives<ProtocolException> && derives<ControlException> && derives<OptionsError>);
static_assert(derives<flow::SetServerNotAllowedException> && derives<addons::AddonError> && derives<addons::AddonHalt>);
static_assert(derives<proxy::ServerException>);

TEST(Errors, P37_OneCatchHoldsThemAll) {
    try {
        throw addons::AddonError("there is an addon called greeter already");
    } catch (ProxyException const& error) {
        EXPECT_STREQ(error.what(), "there is an addon called greeter already");
    }
}

}  // namespace
}  // namespace pathology::proxycore
