#include "layers/exchange/error_page.hpp"

#include <memory>
#include <pathology/proxycore/console/version.hpp>
#include <pathology/proxycore/layers/error_status.hpp>
#include <string>

namespace pathology::proxycore::layers {
namespace {

constexpr char status_of_page = 0;  // its address is the key of the attachment

std::string escaped_html(std::string_view text) {
    std::string escaped;
    for (char const c : text) {
        switch (c) {
            case '&': escaped += "&amp;"; break;
            case '<': escaped += "&lt;"; break;
            case '>': escaped += "&gt;"; break;
            case '"': escaped += "&quot;"; break;
            case '\'': escaped += "&#39;"; break;
            default: escaped += c;
        }
    }
    return escaped;
}

}  // namespace

flow::Response error_page(unsigned status, std::string_view message) {
    auto const title = std::to_string(status) + " " + std::string(flow::reason_of(status));
    auto const page = "<html>\n<head><title>" + title + "</title></head>\n<body>\n<h1>" + title + "</h1>\n<p>" +
                      escaped_html(message) + "</p>\n</body>\n</html>\n";
    auto const server = "pathop/" + std::string(console::version());
    http::Fields const fields{{"Server", server}, {"Connection", "close"}, {"Content-Type", "text/html"}};
    return flow::Response::make(status, page, fields);
}

void set_error_status(flow::Flow& flow, unsigned status) {
    flow.attachments.set(&status_of_page, status == 0 ? nullptr : std::make_shared<unsigned>(status));
}

unsigned error_status(flow::Flow const& flow) {
    auto const status = flow.attachments.get<unsigned>(&status_of_page);
    return status ? *status : 0;
}

}  // namespace pathology::proxycore::layers
