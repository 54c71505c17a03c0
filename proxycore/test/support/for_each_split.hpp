// Runs a check on a codec under every way to cut its input that has ever mattered.
#pragma once
#include <gtest/gtest.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::test {

using Pieces = std::span<std::string_view const>;

/// Calls `check(subject, pieces)` with a fresh `subject = make()` for `wire` whole, byte by byte, and cut in two at
/// each place. The pieces joined are `wire`; a failure inside the check says which cut it was.
template <class Make, class Check> void for_each_split(std::string_view wire, Make const& make, Check const& check) {
    auto const run = [&](std::string const& cut, std::vector<std::string_view> const& pieces) {
        SCOPED_TRACE("input " + cut);
        auto subject = make();
        check(subject, Pieces(pieces));
    };
    run("whole", {wire});
    std::vector<std::string_view> bytes;
    for (std::size_t at = 0; at < wire.size(); ++at) bytes.push_back(wire.substr(at, 1));
    run("byte by byte", bytes);
    for (std::size_t at = 1; at < wire.size(); ++at)
        run("cut at " + std::to_string(at), {wire.substr(0, at), wire.substr(at)});
}

}  // namespace pathology::test
