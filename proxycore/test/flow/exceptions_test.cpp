#include <gtest/gtest.h>

#include <pathology/proxycore/flow/exceptions.hpp>

namespace pathology::proxycore::flow {
namespace {

template <class Class, class Parent> constexpr bool derives = std::is_base_of_v<Parent, Class>;

// Row P37: every one derives from the base (D47), and the protocols' from ProtocolException.
static_assert(derives<ProxyException, std::runtime_error>);
static_assert(derives<Kill, ProxyException> && derives<ServerException, ProxyException>);
static_assert(derives<ContentViewException, ProxyException> && derives<ReplayException, ProxyException>);
static_assert(derives<FlowReadException, ProxyException> && derives<ControlException, ProxyException>);
static_assert(derives<ScriptException, ProxyException> && derives<SetServerNotAllowedException, ProxyException>);
static_assert(derives<OptionsError, ProxyException> && derives<AddonError, ProxyException>);
static_assert(derives<CommandError, ProxyException> && derives<ProtocolException, ProxyException>);
static_assert(derives<TlsProtocolException, ProtocolException> && derives<Socks5ProtocolException, ProtocolException>);
static_assert(derives<HttpProtocolException, ProtocolException> && derives<Http2ProtocolException, ProtocolException>);
static_assert(derives<ClientHandshakeException, TlsProtocolException>);
static_assert(derives<InvalidServerCertificate, TlsProtocolException>);

TEST(Exceptions, P37_OneCatchHoldsThemAll) {
    try {
        throw ClientHandshakeException("the client distrusts the certificate for origin.test", "origin.test");
    } catch (ProxyException const& error) {
        EXPECT_STREQ(error.what(), "the client distrusts the certificate for origin.test");
        EXPECT_EQ(dynamic_cast<ClientHandshakeException const&>(error).server(), "origin.test");
    }
}

}  // namespace
}  // namespace pathology::proxycore::flow
