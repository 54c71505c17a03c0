#include "layers/exchange/error_page.hpp"

#include <pathology/proxycore/console/version.hpp>
#include <string>

namespace pathology::proxycore::layers {
namespace {

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

}  // namespace pathology::proxycore::layers
