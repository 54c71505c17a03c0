// The state machine under both readers.
//
//   between ──▶ head ──▶ body ─────────────────────────▶ complete ──▶ between
//                 │       (Content-Length, until close)     ▲
//                 ├─▶ chunk_line ◀──▶ chunk_data            │
//                 │      └──────── last chunk ──────────────┤
//                 └──────── no body ────────────────────────┘    a failure is for good
#pragma once
#include <pathology/proxycore/http1/reader.hpp>

#include "http1/describe.hpp"
#include "http1/disguise.hpp"
#include "http1/grammar.hpp"
#include "http1/read_buffer.hpp"
#include "http1/rules.hpp"
#include "http1/section.hpp"
#include "http1/start_line.hpp"

namespace pathology::proxycore::http1 {

class Machine {
public:
    Machine(Limits const& limits, Leniency const& leniency) : limits_(limits), leniency_(leniency) {}
    virtual ~Machine() = default;

    Outcome next();
    Outcome finish();
    bool is_between_messages() const { return phase_ == Phase::between && buffer.unread().empty(); }

    // What the readers show.
    ReadBuffer buffer;
    http::Fields trailers;
    std::string_view data, raw;
    std::uint64_t body_size = 0;
    std::optional<std::uint64_t> content_length;
    bool is_chunked = false;
    bool keep_alive = true;

protected:
    // What a request and a response do each in its own way.
    virtual Kind kind() const = 0;
    virtual Grammar& grammar() = 0;
    virtual http::Fields& fields() = 0;
    virtual StartLine read_start_line(std::string_view line) const = 0;
    /// Whether a message may begin with these bytes, of which more may come.
    virtual bool may_begin(std::string_view bytes) const = 0;
    /// Whether there is no body whatever the fields say.
    virtual bool skips_body(std::string_view line, StartLine const& start) = 0;
    /// What the grammar is to see in place of these lines of the head.
    virtual std::string_view rewrite(std::string_view lines, bool has_start_line);
    /// Puts right what was rewritten for the grammar, then checks the head.
    virtual std::optional<Breach> check_head(StartLine const& start) = 0;
    virtual void message_ended() {}

    Disguise disguise_;
    Limits const limits_;
    Leniency const leniency_;

private:
    enum class Phase { between, head, body, chunk_line, chunk_data, complete };

    Outcome step();
    Outcome deliver(Event event);
    Outcome fail(Failure failure);
    Outcome fail(Fault const& fault);

    bool begin_message();
    bool skip_empty_line();
    Outcome read_head();
    std::optional<Fault> scan_head();
    std::optional<Fault> put_start_line();
    std::optional<Fault> finish_head();
    void note_framing();

    Outcome read_body();
    Outcome read_chunk_line();
    std::optional<Fault> scan_chunk_line();
    Outcome read_last_chunk();
    Failure eof_inside() const;

    /// Shows unread bytes [begin, end) to the grammar, every line end as CR LF.
    std::optional<Fault> put(std::size_t begin, std::size_t end);
    std::optional<Fault> put_text(std::string_view text, std::size_t begin, bool whole);
    std::string_view rewrite_trailers(std::string_view lines);
    std::string_view with_crlf(std::string_view lines);
    /// Where the line of the field that breaks a rule begins.
    std::size_t place_of(std::string_view field) const;
    void use(std::size_t size);

    Phase phase_ = Phase::between;
    Section section_;
    StartLine start_;
    std::optional<Failure> failure_;
    std::string rewritten_;
    std::uint64_t used_ = 0;        // bytes of this message before the unread ones
    std::uint64_t chunk_left_ = 0;  // data bytes still to come of this chunk
    std::size_t shown_ = 0;         // how many bytes of the head the grammar has
    bool started_ = false;          // the start line was judged
    bool delivered_ = false;        // the last call gave an event
    bool after_chunk_ = false;      // the line end of chunk data comes before the next chunk line
    bool skipped_line_ = false;     // an empty line came before the request line
};

}  // namespace pathology::proxycore::http1
