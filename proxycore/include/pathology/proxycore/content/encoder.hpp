// Encoding by content codings, whole or incremental.
#pragma once

#include <memory>
#include <pathology/proxycore/content/coding.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::content {

/// Encodes incrementally, each coding at its fastest level. The same pieces give the same bytes: neither times nor
/// names are included.
/// Errors: throws std::bad_alloc if a window cannot be allocated.
class Encoder {
public:
    /// Applies `codings`, the first one first.
    explicit Encoder(std::vector<Coding> const& codings);
    ~Encoder();
    Encoder(Encoder&&) noexcept;
    Encoder& operator=(Encoder&&) noexcept;

    /// Encodes the next piece, and appends what is ready to `out`.
    void feed(std::string_view piece, std::string& out);
    /// Ends the content, and appends the rest. Empty content gives an empty stream with header and trailer.
    void finish(std::string& out);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Encodes content for a Content-Encoding field.
/// Errors: those of parse_content_encoding().
Result<std::string> encode(std::string_view content, std::string_view encoding);

}  // namespace pathology::proxycore::content
