// An addon in a shared object of its own, for shared_object_test.cpp.
#include <pathology/proxycore/addons/shared_object.hpp>

namespace pathology::proxycore::addons {
namespace {

class Greeter : public Addon {
public:
    std::string name() const override { return "greeter"; }
    asio::awaitable<void> response(flow::HttpFlow& flow) override {
        if (!flow.response) throw flow::ControlException("there is nothing to greet");
        flow.response->headers.add("X-Greeting", "hello");
        co_return;
    }
};

}  // namespace
}  // namespace pathology::proxycore::addons

PATHOLOGY_ADDON(pathology::proxycore::addons::Greeter)
