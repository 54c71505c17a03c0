// An addon as the author of a shared object writes it. Its hook waits, so it shares Asio with the program that loads it.
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <pathology/proxycore/addons/host.hpp>
#include <pathology/proxycore/addons/shared_object.hpp>

namespace addons = pathology::proxycore::addons;
namespace flow = pathology::proxycore::flow;

class Labeller : public addons::Addon {
public:
    std::string name() const override { return "labeller"; }

    boost::asio::awaitable<void> response(flow::HttpFlow& flow) override {
        co_await boost::asio::post(boost::asio::use_awaitable);
        auto const parts = flow.request.multipart_form().size();
        flow.response->headers.set("X-Parts", std::to_string(parts));
    }
};

PATHOLOGY_ADDON(Labeller)
