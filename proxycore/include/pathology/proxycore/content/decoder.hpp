// Decoding of content codings, whole or incremental.
#pragma once

#include <cstdint>
#include <memory>
#include <pathology/proxycore/content/coding.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::content {

/// The default limit of decoded content, in bytes.
inline constexpr std::uint64_t default_limit = 256ULL << 20U;

/// Decodes incrementally.
///
/// Shape:  empty content decodes to empty content in every coding, as responses without body carry the field, too.
/// Memory: the windows of the codings, allocated with the first byte, and 32 KiB for each; not the decoded content. The
///         limit applies to the output of each coding, so a second coding cannot hide a decompression bomb.
/// Errors: Errc::corrupt, truncated, too_large. After an error, every call returns it.
class Decoder {
public:
    /// Decodes `codings`, in the order of parse_content_encoding(), the last one first.
    explicit Decoder(std::vector<Coding> const& codings, std::uint64_t limit = default_limit);
    ~Decoder();
    Decoder(Decoder&&) noexcept;
    Decoder& operator=(Decoder&&) noexcept;

    /// Decodes the next piece, and appends the output to `out`; with too_large, up to the limit.
    Result<void> feed(std::string_view piece, std::string& out);
    /// Ends the content, and appends the rest of the output.
    Result<void> finish(std::string& out);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Decodes the content of a message with this Content-Encoding field.
/// Errors: those of Decoder and of parse_content_encoding().
Result<std::string> decode(std::string_view content, std::string_view encoding, std::uint64_t limit = default_limit);

}  // namespace pathology::proxycore::content
