#pragma once
// Where the records of TLS begin in the bytes that one end sends.

#include <cstdint>
#include <optional>
#include <pathology/language/tls_fault.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::language {

/// Reads the headers of records (RFC 8446 §5.1), each of which says where the next record begins.
class WireRecords {
public:
    /// Reads bytes that are sent from the position `begin` on. Bytes before the last one of earlier calls are skipped.
    void read(std::uint64_t begin, std::string_view bytes);

    /// The position of a place; std::nullopt while its record is not known. Before the first byte is 0.
    std::optional<std::uint64_t> position_of(WireOffset const& offset) const;

    struct Place {
        std::uint64_t record;  ///< from 1
        std::uint64_t byte;    ///< from its first one on

        friend bool operator==(Place, Place) = default;
    };
    /// The place of a position in the last record that begins before it.
    Place place_of(std::uint64_t position) const;

private:
    std::vector<std::uint64_t> starts_{0};
    std::uint64_t end_ = 0;  // of the bytes read
    std::string header_;     // of the last record that is known to begin
};

}  // namespace pathology::language
