// Undoing content codings, whole or piece by piece.
#pragma once

#include <cstdint>
#include <memory>
#include <pathology/proxycore/content/coding.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::content {

/// What decoded content may grow to, by default.
inline constexpr std::uint64_t default_limit = 256ULL << 20U;

/// Decodes as the bytes come.
///
/// Shape:  content without a single byte decodes to nothing in every coding, as bodiless answers carry the field too.
/// Memory: the windows of the codings, allocated with the first byte, and 32 KiB for each; never what the content could
///         grow to. A limit holds for the output of each coding, so that no bomb hides behind a second coding.
/// Errors: Errc::corrupt, truncated, too_large. The first is the answer for good.
class Decoder {
public:
    /// Undoes `codings`, the last one first, as parse_content_encoding() gives them.
    explicit Decoder(std::vector<Coding> const& codings, std::uint64_t limit = default_limit);
    ~Decoder();
    Decoder(Decoder&&) noexcept;
    Decoder& operator=(Decoder&&) noexcept;

    /// Appends to `out` what `piece` makes readable. With too_large, `out` has what is within the limit.
    Result<void> feed(std::string_view piece, std::string& out);
    /// The content has ended: appends what is left.
    Result<void> finish(std::string& out);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The content of a message whose Content-Encoding field says `encoding`.
/// Errors: those of Decoder and of parse_content_encoding().
Result<std::string> decode(std::string_view content, std::string_view encoding, std::uint64_t limit = default_limit);

}  // namespace pathology::proxycore::content
