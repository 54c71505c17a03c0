// The common part of requests and responses: fields, content, times.
#pragma once

#include <optional>
#include <pathology/proxycore/content/charset.hpp>
#include <pathology/proxycore/content/decoder.hpp>
#include <pathology/proxycore/flow/stream_modifier.hpp>
#include <pathology/proxycore/flow/time.hpp>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/pattern/pattern.hpp>
#include <string>
#include <string_view>
#include <variant>

namespace pathology::proxycore::flow {

/// Whether the body passes through without being kept: no; unchanged; or rewritten by a function.
using Streaming = std::variant<bool, StreamModifier>;

using content::Strictness;

/// The common part. Fields are as sent; content comes in three layers:
///
///     raw_content   the body after transfer decoding; std::nullopt if it was streamed and not kept
///     content()     without its Content-Encoding
///     text()        as UTF-8
///
/// Getters change nothing; setting one layer updates the layers below it and the fields that describe them.
struct Message {
    http::Version http_version{};
    http::Fields headers{};
    std::optional<http::Fields> trailers{};
    std::optional<std::string> raw_content{};
    MaybeTime timestamp_start{};  ///< first byte
    MaybeTime timestamp_end{};    ///< last byte
    Streaming stream = false;

    /// Decoded content; empty if it is missing.
    /// Errors: unknown_coding, too_many_codings, corrupt, truncated, too_large.
    content::Result<std::string> content(std::uint64_t limit = content::default_limit) const;
    /// The same, or raw_content if that fails.
    std::string content_or_raw(std::uint64_t limit = content::default_limit) const;
    /// Encodes it by Content-Encoding; if that is not supported, removes the field. Sets Content-Length unless the
    /// message has a Transfer-Encoding.
    void set_content(std::string_view content);
    /// Makes the content missing; the fields stay.
    void remove_content() { raw_content.reset(); }

    /// Replaces encoded content by the decoded one, and removes Content-Encoding.
    /// Errors: those of content(). If lenient, invalid content stays and the field is removed all the same.
    content::Result<void> decode(Strictness strictness = Strictness::strict);
    /// Encodes the content, and sets Content-Encoding to `coding`.
    /// Errors: unknown_coding; nothing is changed then.
    content::Result<void> encode(std::string_view coding);

    /// The content as text; empty if it is missing.
    /// Errors: those of content(), unknown_charset, malformed_text. Never fails if lenient.
    content::Result<std::string> text(Strictness strictness = Strictness::strict) const;
    /// Encodes `text` in the charset of the message; if that cannot encode it, in UTF-8, and updates Content-Type.
    void set_text(std::string_view text);

    /// Replaces in fields and content; returns the number of replacements. Content that cannot be decoded is left
    /// alone.
    /// Errors: throws std::runtime_error if the pattern is given up, see pattern::Pattern; nothing has changed then.
    std::size_t replace(pattern::Pattern const& pattern, std::string_view text);

protected:
    Message() = default;
    ~Message() = default;
    Message(Message const&) = default;
    Message(Message&&) = default;
    Message& operator=(Message const&) = default;
    Message& operator=(Message&&) = default;

    /// Compares everything but `stream`, which is not content.
    bool same_message(Message const& other) const;

    /// See visit_members() in visit.hpp.
    template <class Self, class Visitor> static void visit_message(Self& self, Visitor&& visit) {
        visit("http_version", self.http_version);
        visit("headers", self.headers);
        visit("trailers", self.trailers);
        visit("raw_content", self.raw_content);
        visit("timestamp_start", self.timestamp_start);
        visit("timestamp_end", self.timestamp_end);
    }
};

}  // namespace pathology::proxycore::flow
