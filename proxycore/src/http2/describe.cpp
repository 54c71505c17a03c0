#include <pathology/proxycore/http2/describe.hpp>
#include <pathology/proxycore/http2/names.hpp>

namespace pathology::proxycore::http2 {

std::string describe(FrameHeader const& header) {
    auto const type = FrameType{header.type};
    auto text = name(type);
    if (header.stream != 0) text += " stream " + std::to_string(header.stream);
    if (header.reserved) text += " R";
    if (header.flags != 0) text += " " + flag_names(type, header.flags);
    return text + " " + std::to_string(header.length) + " bytes";
}

}  // namespace pathology::proxycore::http2
