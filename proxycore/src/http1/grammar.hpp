// The grammar of HTTP/1 by Boost.Beast's parser: whole lines go in, a head, body pieces and facts come out.
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

/// What the fields say about the message, collected while they are read.
struct Facts {
    unsigned content_lengths = 0, transfer_encodings = 0, hosts = 0;
    bool expect = false;
};

/// One message at a time. It gets whole lines only, so a parser that wants more of a line has read a bad one.
class Grammar {
public:
    virtual ~Grammar() = default;

    /// Starts a new message. `skip_body`: there is no body, whatever the fields say; known before the fields.
    virtual void restart(bool skip_body) = 0;
    /// Reads `bytes`: a start line; or lines that make a section `whole`, a head or a chunk line; or body bytes. `used`
    /// is how many of them were good, up to the start of the line in error.
    virtual std::optional<Errc> put(std::string_view bytes, bool whole, std::size_t& used) = 0;
    /// The peer ended a body that lasts until the connection closes.
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
