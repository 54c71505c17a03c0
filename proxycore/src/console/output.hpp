// One output stream of a console: a device, and the text that it has not accepted yet.
//
//   hold() ──▶ held text ── flush() ──▶ device           waiting:      all of it is written, or lost
//                  │                                     not waiting:  what the device accepts at once is written;
//                  └─ beyond 1 MiB while stuck: counted                the rest stays, and the stream is stuck
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace pathology::proxycore::console {

/// A file descriptor or a string.
class OutputDevice {
public:
    OutputDevice() = default;
    OutputDevice(OutputDevice const&) = delete;
    OutputDevice& operator=(OutputDevice const&) = delete;
    virtual ~OutputDevice() = default;

    /// Writes all of it, waiting for the reader. Returns why (the rest of) it is lost.
    virtual std::error_code write(std::string_view text) = 0;

    /// Writes what is accepted without waiting. Returns the number of bytes, or why all of it is lost.
    virtual boost::system::result<std::size_t, std::error_code> write_now(std::string_view text) = 0;

    /// Waits until more is accepted. Returns false if `limit` passed first.
    virtual bool wait_until_writable(std::chrono::milliseconds limit) = 0;

    virtual bool is_terminal() const noexcept = 0;
};

/// The descriptor is not closed.
std::unique_ptr<OutputDevice> make_device(int descriptor);

/// The string must outlive the device.
std::unique_ptr<OutputDevice> make_device(std::string& text);

class BufferedOutput {
public:
    explicit BufferedOutput(std::unique_ptr<OutputDevice> device) : device_(std::move(device)) {}

    /// From now on flush() does not wait, and hold() drops text that would exceed a backlog of 1 MiB.
    void never_wait() { waits_ = false; }

    void hold(std::string_view block);
    void flush();
    /// The last flush(): waits until `deadline`, and drops what is not accepted by then.
    void finish(std::chrono::steady_clock::time_point deadline);

    std::size_t held() const { return held_.size(); }
    /// Returns true if the last flush() could not write all text.
    bool is_stuck() const { return !waits_ && !held_.empty() && was_refused_; }
    bool is_lost() const { return lost_; }
    /// Why the first write that failed did; no error if none failed.
    std::error_code failure() const { return failure_; }
    bool is_terminal() const { return device_->is_terminal(); }

    /// The number of lines dropped since the last call; 0 while the stream is stuck.
    std::uint64_t take_dropped();

private:
    void record(std::error_code result);

    std::unique_ptr<OutputDevice> device_;
    std::string held_;
    std::uint64_t dropped_ = 0;  // lines
    bool waits_ = true, was_refused_ = false, lost_ = false;
    std::error_code failure_;
};

}  // namespace pathology::proxycore::console
