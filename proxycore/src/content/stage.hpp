// One coding of a pipeline, in either direction: bytes in, bytes out in bounded blocks.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <pathology/proxycore/content/coding.hpp>
#include <string_view>

namespace pathology::proxycore::content {

/// Receives a block of output; a failure ends the stage.
using Sink = std::function<Result<void>(std::string_view)>;

inline constexpr std::size_t block_size = 32U << 10U;

/// Converts its whole input before it returns, a block at a time.
class Stage {
public:
    Stage() = default;
    Stage(Stage const&) = delete;
    Stage& operator=(Stage const&) = delete;
    virtual ~Stage() = default;

    virtual Result<void> feed(std::string_view piece, Sink const& sink) = 0;
    virtual Result<void> finish(Sink const& sink) = 0;
};

/// A coding: its names, and how it is undone and applied. The source of each coding defines one; coding.cpp lists them.
struct CodingDefinition {
    Coding coding;
    std::string_view name;
    std::string_view other_name;  ///< an alternative that is accepted; empty without one
    std::unique_ptr<Stage> (*make_decoder)();
    std::unique_ptr<Stage> (*make_encoder)();
};
/// nullptr for identity.
CodingDefinition const* definition_of(Coding coding);

/// Failures whose message has the coding, the place and the library's `reason`, which may be empty.
Failure corrupt(Coding coding, std::uint64_t offset, std::string_view reason);
Failure truncated(Coding coding, std::uint64_t offset);

}  // namespace pathology::proxycore::content
