// Applying content codings, whole or piece by piece.
#pragma once

#include <memory>
#include <pathology/proxycore/content/coding.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::content {

/// Encodes as the bytes come, each coding at its fastest level. The same pieces give the same bytes: no times, no
/// names. Errors: none; std::bad_alloc when a coding's window cannot be had.
class Encoder {
public:
    /// Applies `codings`, the first one first.
    explicit Encoder(std::vector<Coding> const& codings);
    ~Encoder();
    Encoder(Encoder&&) noexcept;
    Encoder& operator=(Encoder&&) noexcept;

    /// Takes the next piece, and appends to `out` what is ready.
    void feed(std::string_view piece, std::string& out);
    /// The content has ended: appends the rest. Content without a byte has an empty stream, header and all.
    void finish(std::string& out);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The bytes to send under a Content-Encoding field that says `encoding`.
/// Errors: those of parse_content_encoding().
Result<std::string> encode(std::string_view content, std::string_view encoding);

}  // namespace pathology::proxycore::content
