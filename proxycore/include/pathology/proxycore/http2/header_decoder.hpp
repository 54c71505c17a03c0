// Field sections out of HPACK blocks.
#pragma once
#include <cstddef>
#include <memory>
#include <pathology/proxycore/http/fields.hpp>
#include <pathology/proxycore/http2/failure.hpp>
#include <string_view>

namespace pathology::proxycore::http2 {

/// A decoded field section.
struct FieldSection {
    http::Fields fields;   ///< pseudo-header fields first when the sender put them there; nothing is judged
    bool is_cut = false;   ///< more came than the limit; the rest was decoded and dropped
    std::size_t size = 0;  ///< of all fields, each with 32 bytes more than its text (RFC 9113 §6.5.2)
};

/// Decodes the field blocks of one direction of a connection, in the order of the wire (RFC 7541).
///
/// Errors: COMPRESSION_ERROR; the decoder is of no use after it (RFC 9113 §4.3).
class HeaderDecoder {
public:
    /// `max_table` is the SETTINGS_HEADER_TABLE_SIZE that was announced to the peer; `max_section` bounds what is kept of each
    /// section, counted like FieldSection::size.
    static constexpr std::size_t default_table = 4096;
    explicit HeaderDecoder(std::size_t max_table = default_table, std::size_t max_section = 256 * 1024);
    ~HeaderDecoder();
    HeaderDecoder(HeaderDecoder&&) noexcept;
    HeaderDecoder& operator=(HeaderDecoder&&) noexcept;

    /// The peer may use a table of this size from now on, if that is more than before.
    void allow_table(std::size_t max_table);

    /// Decodes one whole block: the fragments of a HEADERS or PUSH_PROMISE frame and its CONTINUATION frames, joined.
    Result<FieldSection> decode(std::string_view block);

private:
    struct Inflater;
    std::unique_ptr<Inflater> inflater_;
    std::size_t max_table_, max_section_;
};

}  // namespace pathology::proxycore::http2
