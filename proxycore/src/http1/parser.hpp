// The state machine of both readers: complete lines go to the grammar; body bytes and facts come out.
//
//   between ──▶ head ──▶ body ─────────────────────────▶ complete ──▶ between
//                 │       (Content-Length, until close)     ▲
//                 ├─▶ chunk_line ◀──▶ chunk_data            │
//                 │      └──────── last chunk ──────────────┤
//                 └──────── no body ────────────────────────┘    a failure is final
//
// The bytes of a head:      buffer ─ Section (line ends, limits) ─ StartLine, FieldMask (rewrite) ─ Grammar (Beast)
//                            ─ restore ─ rules ─ head
#pragma once
#include <pathology/proxycore/http1/reader.hpp>
#include <vector>

#include "http1/field_mask.hpp"
#include "http1/grammar.hpp"
#include "http1/lines.hpp"
#include "http1/read_buffer.hpp"
#include "http1/rules.hpp"

namespace pathology::proxycore::http1 {

class MessageParser {
public:
    MessageParser(Limits const& limits, Leniency const& leniency)
        : limits_(limits), leniency_(leniency), chunk_leniency_(for_chunks(leniency)) {}
    virtual ~MessageParser() = default;

    Outcome next();
    Outcome finish();
    bool is_between_messages() const { return phase_ == Phase::between && buffer.unread().empty(); }

    // The results of the readers.
    ReadBuffer buffer;
    http::Fields trailers;
    std::string_view data, raw;
    std::uint64_t body_size = 0;
    std::optional<std::uint64_t> content_length;
    bool is_chunked = false;
    bool keep_alive = true;

protected:
    // Differences between requests and responses.
    virtual Kind kind() const = 0;
    virtual Grammar& grammar() = 0;
    virtual http::Fields& fields() = 0;
    virtual StartLine read_start_line(std::string_view line) const = 0;
    /// Returns true if a message may begin with these bytes; more may follow.
    virtual bool may_begin(std::string_view bytes) const = 0;
    /// Returns true if there is no body, independently of the fields (RFC 9112 §6.3).
    virtual bool skips_body(std::string_view line, StartLine const& start) = 0;
    /// Returns the replacement for these lines of the head that the grammar parses.
    virtual std::string_view rewrite(std::string_view lines, bool has_start_line);
    /// Restores the rewritten parts, then checks the head.
    virtual std::optional<RuleViolation> check_head(StartLine const& start) = 0;
    virtual void message_began() {}
    virtual void message_ended() {}

    FieldMask mask_;
    Limits const limits_;
    Leniency const leniency_;
    Leniency const chunk_leniency_;  // for chunk lines and trailers

private:
    enum class Phase { between, head, body, chunk_line, chunk_data, complete };

    Outcome step();
    Outcome deliver(Event event);
    Outcome fail(Failure failure);
    Outcome fail(ParseError const& error);

    bool is_start_line_too_long() const;

    bool begin_message();
    bool skip_empty_line();
    Outcome read_head();
    std::optional<ParseError> scan_head();
    std::optional<ParseError> put_start_line();
    std::optional<ParseError> finish_head();
    void record_framing();

    Outcome read_body();
    Outcome read_chunk_line();
    std::optional<ParseError> scan_chunk_line();
    Outcome read_last_chunk();
    Failure eof_inside() const;

    /// Passes unread bytes [begin, end) to the grammar, with every line end as CR LF.
    std::optional<ParseError> put(std::size_t begin, std::size_t end);
    std::optional<ParseError> put_text(std::string_view text, std::size_t begin, bool whole);
    std::string_view rewrite_trailers(std::string_view lines);
    std::string_view with_crlf(std::string_view lines);
    std::string_view without_space_before_colons(std::string_view lines, std::size_t first_field);
    /// The begin of the line of the field that breaks a rule.
    std::size_t place_of(std::string_view field) const;
    void use(std::size_t size);

    Phase phase_ = Phase::between;
    Section section_;
    StartLine start_;
    std::optional<Failure> failure_;
    std::string rewritten_, closed_up_;
    std::uint64_t used_ = 0;        // bytes of this message before the unread ones
    std::uint64_t chunk_left_ = 0;  // data bytes of this chunk that are not read yet
    std::size_t shown_ = 0;         // bytes of the head that the grammar has read
    bool started_ = false;          // the start line was parsed
    bool delivered_ = false;        // the last call returned an event
    bool after_chunk_ = false;      // the line end of chunk data comes before the next chunk line
    bool skipped_line_ = false;     // an empty line came before the request line
};

class RequestParser final : public MessageParser {
public:
    RequestParser(Limits const& limits, Leniency const& leniency)
        : MessageParser(limits, leniency), grammar_(make_grammar(head, trailers)) {}

    http::RequestHead head;
    bool expects_continue = false;

private:
    Kind kind() const override { return Kind::request; }
    Grammar& grammar() override { return *grammar_; }
    http::Fields& fields() override { return head.fields; }
    StartLine read_start_line(std::string_view line) const override { return read_request_line(line, leniency_); }
    bool may_begin(std::string_view) const override { return true; }
    bool skips_body(std::string_view, StartLine const&) override { return false; }
    std::optional<RuleViolation> check_head(StartLine const& start) override;
    void message_began() override;

    std::unique_ptr<Grammar> grammar_;
};

class ResponseParser final : public MessageParser {
public:
    ResponseParser(Limits const& limits, Leniency const& leniency)
        : MessageParser(limits, leniency), grammar_(make_grammar(head, trailers)) {}

    void expect_response_to(std::string_view method);
    bool is_interim() const { return head.status / 100 == 1 && head.status != 101; }

    http::ResponseHead head;

private:
    /// Methods whose responses have special framing.
    enum class Asked { get, head, connect };

    Kind kind() const override { return Kind::response; }
    Grammar& grammar() override { return *grammar_; }
    http::Fields& fields() override { return head.fields; }
    StartLine read_start_line(std::string_view line) const override { return read_status_line(line, leniency_); }
    bool may_begin(std::string_view bytes) const override { return may_begin_response(bytes); }
    bool skips_body(std::string_view line, StartLine const& start) override;
    std::string_view rewrite(std::string_view lines, bool has_start_line) override;
    std::optional<RuleViolation> check_head(StartLine const& start) override;
    void message_ended() override;
    Asked asked() const { return asked_.empty() ? Asked::get : asked_.front(); }

    std::unique_ptr<Grammar> grammar_;
    std::vector<Asked> asked_;   // oldest first
    bool opens_tunnel_ = false;  // a 2xx to CONNECT
};

}  // namespace pathology::proxycore::http1
