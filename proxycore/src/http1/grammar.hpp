// The grammar of HTTP/1, implemented by the parser of Boost.Beast: complete lines in; a head, body pieces and facts
// out.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/http1/failure.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::http1 {

/// Facts about the fields of a message, collected while they are parsed.
struct Facts {
    unsigned content_lengths = 0, transfer_encodings = 0, hosts = 0;
    bool expect = false;
};

/// Parses one message at a time. It gets complete lines only, so a parser that wants more of a line has read an invalid
/// one.
class Grammar {
public:
    virtual ~Grammar() = default;

    /// Starts a new message. `skip_body`: there is no body, independently of the fields.
    virtual void restart(bool skip_body) = 0;
    /// Parses `bytes`: a start line; or lines that complete a section (`whole`), a head or a chunk line; or body bytes.
    /// `used` is the number of valid bytes, up to the start of the invalid line.
    virtual std::optional<Errc> put(std::string_view bytes, bool whole, std::size_t& used) = 0;
    /// The end of a body that lasts until the connection closes.
    virtual void put_eof() = 0;

    virtual bool is_complete() const = 0;
    virtual bool is_chunked() const = 0;
    virtual bool needs_eof() const = 0;
    virtual bool keep_alive() const = 0;
    virtual std::optional<std::uint64_t> content_length() const = 0;

    /// The body bytes of the last `put`, and the size in the last chunk line.
    virtual std::string_view body() const = 0;
    virtual std::uint64_t chunk_size() const = 0;
    virtual Facts const& facts() const = 0;
};

/// Both fill a head they do not own, and trailers once the head is complete.
std::unique_ptr<Grammar> make_grammar(http::RequestHead& head, http::Fields& trailers);
std::unique_ptr<Grammar> make_grammar(http::ResponseHead& head, http::Fields& trailers);

}  // namespace pathology::proxycore::http1
