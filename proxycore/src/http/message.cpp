#include <pathology/proxycore/http/message.hpp>

namespace pathology::proxycore::http {

std::string to_string(Version version) {
    std::string text = "HTTP/0.0";
    text[5] = static_cast<char>('0' + version.major);
    text[7] = static_cast<char>('0' + version.minor);
    return text;
}

}  // namespace pathology::proxycore::http
