// How far a request has been read, and the places in it that responses wait for (`whead`, `wbody+1000`, `wa`).
#pragma once

#include <cstdint>
#include <optional>
#include <pathology/language/tokens.hpp>

namespace pathology::pathod {

/// How far a request was read. Its head was.
struct RequestProgress {
    std::uint64_t content = 0;  ///< bytes
    bool is_whole = false;
};

/// The bytes of content that have to be read before a message is sent; UINT64_MAX for the whole request.
inline std::uint64_t content_before(std::optional<language::WaitFor> const& wait) {
    using Kind = language::Offset::Kind;
    if (!wait || wait->until.kind == Kind::end) return UINT64_MAX;
    return wait->until.kind == Kind::head ? 0 : static_cast<std::uint64_t>(wait->until.shift);
}

/// Whether a message may be sent now.
inline bool has_reached(std::optional<language::WaitFor> const& wait, RequestProgress progress) {
    return progress.is_whole || progress.content >= content_before(wait);
}

}  // namespace pathology::pathod
