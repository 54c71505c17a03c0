// The addon of doc/addons.md, in a shared object of its own.
#include <pathology/proxycore/addons/options.hpp>
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

    void load(addons::Options& options) override {
        options.declare({"greeting", std::string("hello"), "What to greet with.", {"hello", "hi"}});
    }
    void configure(addons::Options const& options, std::set<std::string> const& changed) override {
        if (changed.contains("greeting")) greeting_ = options.get<std::string>("greeting");
    }

private:
    std::string greeting_ = "hello";
};

PATHOLOGY_ADDON(Greeter)
