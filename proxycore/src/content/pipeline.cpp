#include "pipeline.hpp"

#include <algorithm>

namespace pathology::proxycore::content {

Result<void> Pipeline::feed_from(std::size_t index, std::string_view piece, std::string& out) {
    if (index == sections_.size()) {
        out.append(piece);
        return {};
    }
    return sections_[index].stage->feed(piece, sink_after(index, out));
}

Result<void> Pipeline::finish(std::string& out) {
    for (std::size_t index = 0; index < sections_.size(); ++index)
        if (auto done = sections_[index].stage->finish(sink_after(index, out)); done.has_error()) return done;
    return {};
}

Sink Pipeline::sink_after(std::size_t index, std::string& out) {
    return [this, index, &out](std::string_view block) -> Result<void> {
        auto& [coding, stage, room] = sections_[index];
        auto const fits = static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), room));
        room -= fits;
        if (auto done = feed_from(index + 1, block.substr(0, fits), out); done.has_error()) return done;
        if (fits == block.size()) return {};
        std::string const name(to_string(coding));
        return Failure{Errc::too_large, name, limit_,
                       name + " content exceeds the limit of " + std::to_string(limit_) + " bytes when decoded"};
    };
}

}  // namespace pathology::proxycore::content
