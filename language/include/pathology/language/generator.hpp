#pragma once
// Generated data: the bytes of `@100k,digits`, made on demand and at any position.

#include <cstdint>
#include <pathology/language/values.hpp>
#include <span>
#include <string_view>

namespace pathology::language {

/// The symbols of a data type, in the order of the original's tables.
std::string_view alphabet(DataType type);

/// The name of a data type as written in a spec.
std::string_view name(DataType type);

/// Fills `into` with the symbols [from, from + into.size()) of the endless stream of `seed`.
///
/// Shape: a byte depends on seed, type and position alone, so any division into blocks gives the same data, on every
///        machine. Each symbol is equally likely (to 1 part in 2^16 / |alphabet|).
void generate(DataType type, std::uint64_t seed, std::uint64_t from, std::span<char> into);

}  // namespace pathology::language
