// Where the text of a console goes: a file descriptor, or a string.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace pathology::proxycore::console {

class Sink {
public:
    Sink() = default;
    Sink(Sink const&) = delete;
    Sink& operator=(Sink const&) = delete;
    virtual ~Sink() = default;

    /// Writes all, and waits for whoever reads; false = (the rest of) it is lost.
    virtual bool write(std::string_view text) = 0;

    /// Writes what is taken without waiting, and gives how many bytes that were; nothing = all of it is lost.
    virtual std::optional<std::size_t> write_now(std::string_view text) = 0;

    /// Waits until more is taken; false when `limit` passed first.
    virtual bool wait_for_room(std::chrono::milliseconds limit) = 0;

    virtual bool is_terminal() const noexcept = 0;
};

/// The descriptor stays the caller's.
std::unique_ptr<Sink> sink_to(int descriptor);

/// The string must outlive the sink.
std::unique_ptr<Sink> sink_to(std::string& text);

}  // namespace pathology::proxycore::console
