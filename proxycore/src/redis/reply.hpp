// What a Redis server sends (RESP 2), and what it is sent.
#pragma once

#include <hiredis/read.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::redis {

/// A name and its arguments; any bytes.
using Command = std::vector<std::string>;

/// Appends the bytes of the command.
void append(std::string& out, Command const& command);

struct Reply {
    enum class Kind : std::uint8_t { none, text, error, integer, list };
    Kind kind = Kind::none;
    std::string text{};  ///< of text and error
    std::int64_t integer = 0;
    std::vector<Reply> list{};
};

/// Reads replies from bytes that arrive in any pieces, with the parser of hiredis.
///
/// Bounds: 32 KiB for one reply, 1024 elements in a list, and the nesting that hiredis allows (7 lists).
class ReplyReader {
public:
    ReplyReader();
    ReplyReader(ReplyReader const&) = delete;  // hiredis refers to functions_
    ReplyReader& operator=(ReplyReader const&) = delete;

    /// Returns false if the bytes are no valid replies, or exceed a bound: why() tells. The connection is of no use then.
    bool feed(std::string_view bytes);
    /// The next complete reply; std::nullopt: more bytes are needed, or feed() failed.
    std::optional<Reply> next();
    std::string const& why() const { return why_; }

private:
    struct Free {
        void operator()(redisReader* reader) const { redisReaderFree(reader); }
    };

    bool read_one();

    redisReplyObjectFunctions functions_;
    std::unique_ptr<redisReader, Free> reader_;
    std::optional<Reply> next_;
    std::size_t unread_ = 0;  // bytes since the last complete reply
    std::string why_;
};

}  // namespace pathology::proxycore::redis
