#include "wire_records.hpp"

#include <algorithm>

namespace pathology::language {
namespace {

constexpr std::size_t header_size = 5;

std::uint64_t octet(std::string const& header, std::size_t place) { return static_cast<unsigned char>(header[place]); }

}  // namespace

void WireRecords::read(std::uint64_t begin, std::string_view bytes) {
    auto const known = end_ - std::min(begin, end_);
    if (known >= bytes.size()) return;
    bytes.remove_prefix(known);
    end_ += bytes.size();
    auto at = end_ - bytes.size();
    while (!bytes.empty() && starts_.size() < WireOffset::max_record) {
        // What is left of the record before the header.
        auto const skipped = std::min<std::uint64_t>(bytes.size(), starts_.back() - std::min(at, starts_.back()));
        auto const taken = std::min(bytes.size() - skipped, header_size - header_.size());
        header_.append(bytes.substr(skipped, taken));
        bytes.remove_prefix(skipped + taken);
        at += skipped + taken;
        if (header_.size() < header_size) return;
        starts_.push_back(starts_.back() + header_size + (octet(header_, 3) << 8U) + octet(header_, 4));
        header_.clear();
    }
}

std::optional<std::uint64_t> WireRecords::position_of(WireOffset const& offset) const {
    if (offset.record == 0) return offset.number;
    if (offset.record > starts_.size()) return std::nullopt;
    auto const start = starts_[offset.record - 1];
    if (offset.shift >= 0) return start + static_cast<std::uint64_t>(offset.shift);
    return start - std::min(start, static_cast<std::uint64_t>(-offset.shift));
}

WireRecords::Place WireRecords::place_of(std::uint64_t position) const {
    auto const record = static_cast<std::size_t>(std::ranges::upper_bound(starts_, position) - starts_.begin());
    return {record, position - starts_[record - 1]};
}

}  // namespace pathology::language
