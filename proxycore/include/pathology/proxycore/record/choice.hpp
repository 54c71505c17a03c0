// Why a server sent one of several responses, for logs.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace pathology::proxycore::record {

/// The choice of an anchor: which of its alternatives a request got, and why.
struct RecordedChoice {
    std::string anchor{};            ///< its pattern or filter, as given
    std::uint32_t alternative = 1;   ///< counts from 1, in the order given
    std::uint32_t alternatives = 1;  ///< how many there are
    std::string reason{};            ///< "in order", "every 3rd", "10 %: drawn 7.1", "its filter matches"
    std::uint64_t request = 0;       ///< number of the request among those counted together, from 1; 0 = not counted
    std::string per{};               ///< what counts apart: "path", "connection", "client"; empty for the anchor
    std::optional<double> drawn{};   ///< from 0 to below 100, if a chance was drawn
};

/// For people: `anchor /pay: alternative 2 of 3, in order (request 2 of this path)`.
std::string to_string(RecordedChoice const& choice);

}  // namespace pathology::proxycore::record
