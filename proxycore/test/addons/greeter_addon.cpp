// The addon of doc/addons.md, in a shared object of its own.
#include <pathology/proxycore/addons/host.hpp>
#include <pathology/proxycore/addons/shared_object.hpp>

namespace addons = pathology::proxycore::addons;
namespace flow = pathology::proxycore::flow;

class Greeter : public addons::Addon {
public:
    std::string name() const override { return "greeter"; }
    addons::asio::awaitable<void> response(flow::HttpFlow& flow) override {
        flow.response.value().headers.add("X-Greeting", greeting_);
        co_return;
    }

    void load(addons::Host& host) override {
        host.option("greeting", greeting_, "What to greet with.", {"hello", "hi"});
    }

private:
    std::string greeting_ = "hello";
};

PATHOLOGY_ADDON(Greeter)
