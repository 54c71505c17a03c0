#include <pathology/proxycore/record/tls.hpp>

namespace pathology::proxycore::record {

std::string to_string(RecordedTlsFault const& fault) {
    auto text = "TLS fault: " + fault.action + " at byte " + std::to_string(fault.byte) + ", record " +
                std::to_string(fault.record);
    return fault.record_byte > 0 ? text + "+" + std::to_string(fault.record_byte) : text;
}

}  // namespace pathology::proxycore::record
