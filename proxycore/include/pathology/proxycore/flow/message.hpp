// What requests and responses have in common: fields, content, times.
#pragma once

#include <functional>
#include <optional>
#include <pathology/proxycore/content/charset.hpp>
#include <pathology/proxycore/content/decoder.hpp>
#include <pathology/proxycore/flow/time.hpp>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/pattern/pattern.hpp>
#include <string>
#include <string_view>
#include <variant>

namespace pathology::proxycore::flow {

/// Rewrites a streamed body: gets each piece and gives what to send for it, the last time an empty piece.
using StreamModifier = std::function<std::string(std::string_view)>;

/// Whether the body passes through without being kept: no, as it is, or through a function.
using Streaming = std::variant<bool, StreamModifier>;

using content::Strictness;

/// The common part. Fields are as sent; content comes in three layers:
///
///     raw_content   the body after transfer decoding ── nothing when it is missing, because it was streamed
///     content()     without its Content-Encoding
///     text()        as UTF-8
///
/// Reading never changes anything; setting one layer computes those below and the fields that speak of them.
struct Message {
    http::Version http_version{};
    http::Fields headers{};
    std::optional<http::Fields> trailers{};
    std::optional<std::string> raw_content{};
    MaybeTime timestamp_start{};  ///< first byte
    MaybeTime timestamp_end{};    ///< last byte
    Streaming stream = false;

    /// Decoded content; empty when it is missing.
    /// Errors: unknown_coding, too_many_codings, corrupt, truncated, too_large.
    content::Result<std::string> content(std::uint64_t limit = content::default_limit) const;
    /// The same, or raw_content where that fails.
    std::string content_or_raw(std::uint64_t limit = content::default_limit) const;
    /// Encodes it as Content-Encoding says; a coding that is unknown is no longer claimed. Content-Length is set,
    /// unless the message has a Transfer-Encoding.
    void set_content(std::string_view content);
    /// The content is missing; fields stay.
    void remove_content() { raw_content.reset(); }

    /// Replaces coded content by what it is, and removes Content-Encoding.
    /// Errors: those of content(); when lenient, bad content stays and the field goes all the same.
    content::Result<void> decode(Strictness strictness = Strictness::strict);
    /// Codes what is there, and sets Content-Encoding to `coding`.
    /// Errors: unknown_coding, and nothing is changed.
    content::Result<void> encode(std::string_view coding);

    /// The content as text; empty when it is missing.
    /// Errors: those of content(), unknown_charset, malformed_text. None when lenient.
    content::Result<std::string> text(Strictness strictness = Strictness::strict) const;
    /// Encodes `text` in the charset the message has; where that cannot hold it, UTF-8, and Content-Type says so.
    void set_text(std::string_view text);

    /// Replaces in fields and in the content; returns how often. Content that cannot be decoded stays.
    std::size_t replace(pattern::Pattern const& pattern, std::string_view text);

protected:
    Message() = default;
    ~Message() = default;
    Message(Message const&) = default;
    Message(Message&&) = default;
    Message& operator=(Message const&) = default;
    Message& operator=(Message&&) = default;

    /// Everything but `stream`, which is no content.
    bool same_message(Message const& other) const;
};

}  // namespace pathology::proxycore::flow
