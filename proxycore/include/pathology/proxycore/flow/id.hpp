// Identity of flows and connections.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace pathology::proxycore::flow {

/// A UUID of version 4 (RFC 9562 §5.4).
struct Id {
    std::array<std::uint8_t, 16> bytes{};

    /// A random one, from a generator that the system's randomness seeds. Where ids must be reproducible, an
    /// IdGenerator makes them.
    /// Thread: any.
    static Id make();
    auto operator<=>(Id const&) const = default;
};

/// Makes ids. One of a given seed makes the same ids each time; one without a seed is seeded by the system.
/// Thread: one at a time.
class IdGenerator {
public:
    IdGenerator();
    explicit IdGenerator(std::uint64_t seed) : engine_(seed) {}
    Id operator()();

private:
    std::mt19937_64 engine_;
};

/// 36 characters, lower case: "f81d4fae-7dec-41d0-a765-00a0c91e6bf6".
std::string to_string(Id const& id);

/// Reads that form, in any case and any version.
std::optional<Id> parse_id(std::string_view text);

}  // namespace pathology::proxycore::flow

template <> struct std::hash<pathology::proxycore::flow::Id> {
    std::size_t operator()(pathology::proxycore::flow::Id const& id) const noexcept;
};
