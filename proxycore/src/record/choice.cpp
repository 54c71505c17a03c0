#include <pathology/proxycore/record/choice.hpp>

namespace pathology::proxycore::record {

std::string to_string(RecordedChoice const& choice) {
    auto text = "anchor " + choice.anchor + ": ";
    if (choice.alternatives > 1)
        text +=
            "alternative " + std::to_string(choice.alternative) + " of " + std::to_string(choice.alternatives) + ", ";
    text += choice.reason;
    if (choice.request == 0) return text;
    text += " (request " + std::to_string(choice.request);
    return text + (choice.per.empty() ? ")" : " of this " + choice.per + ")");
}

}  // namespace pathology::proxycore::record
