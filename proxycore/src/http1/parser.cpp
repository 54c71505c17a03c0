#include "http1/parser.hpp"

#include <algorithm>

namespace pathology::proxycore::http1 {

Outcome MessageParser::next() {
    if (failure_) return *failure_;
    if (delivered_) buffer.begin_event();
    delivered_ = false;
    data = raw = {};
    return step();
}

Outcome MessageParser::finish() {
    auto outcome = next();
    if (outcome.has_error() || *outcome || is_between_messages()) return outcome;
    if (phase_ != Phase::body || !grammar().needs_eof()) return fail(eof_inside());
    // RFC 9112 §8: a body without a length is complete when the connection ends.
    grammar().put_eof();
    return deliver(Event::end);
}

Outcome MessageParser::step() {
    switch (phase_) {
        case Phase::between: return begin_message() ? read_head() : Outcome();
        case Phase::head: return read_head();
        case Phase::body:
        case Phase::chunk_data: return read_body();
        case Phase::chunk_line: return read_chunk_line();
        case Phase::complete: break;
    }
    return deliver(Event::end);
}

Outcome MessageParser::deliver(Event event) {
    delivered_ = true;
    raw = buffer.event();
    if (event == Event::end) {
        phase_ = Phase::between;
        message_ended();
    }
    return std::optional(event);
}

Outcome MessageParser::fail(Failure failure) {
    // Final: after an error the framing of further bytes is unknown (RFC 9112 §11.2, request smuggling).
    failure_ = std::move(failure);
    return *failure_;
}

Outcome MessageParser::fail(ParseError const& error) {
    auto const line = line_at(buffer.unread(), error.at);
    if (error.code == Errc::head_too_large && is_start_line_too_long())
        return fail(describe_long_start_line(kind(), line, limits_));
    return fail(describe(error.code, kind(), used_ + error.at, line, limits_));
}

/// The limit of the head is exceeded by its first line alone.
bool MessageParser::is_start_line_too_long() const {
    return phase_ == Phase::head && (!section_.has_first_line() || section_.first_line_end() > limits_.head);
}

void MessageParser::use(std::size_t size) {
    buffer.use(size);
    used_ += size;
}

// --- head ------------------------------------------------------------------------------------------------------------

bool MessageParser::begin_message() {
    if (kind() == Kind::request && !skipped_line_ && !skip_empty_line()) return false;
    if (buffer.unread().empty()) return false;
    phase_ = Phase::head;
    message_began();
    fields().clear();
    trailers.clear();
    section_.restart(0);
    body_size = used_ = shown_ = 0;
    started_ = after_chunk_ = skipped_line_ = false;
    return true;
}

// RFC 9112 §2.2: "a server that is expecting to receive and parse a request-line SHOULD ignore at least one empty line
// (CRLF) received prior to the request-line." We ignore one. Returns false while the bytes may still become one.
bool MessageParser::skip_empty_line() {
    auto const bytes = buffer.unread();
    if (bytes == "\r") return false;
    auto const size = bytes.starts_with("\r\n") ? 2u : bytes.starts_with('\n') && leniency_.bare_line_feed ? 1u : 0u;
    buffer.use(size);
    skipped_line_ = size > 0;
    return true;
}

Outcome MessageParser::read_head() {
    if (auto const error = scan_head()) {
        // Whatever the size of the reads, the error is that of the first bad line.
        if (error->at > 0 && !started_)
            if (auto const earlier = put_start_line()) return fail(*earlier);
        return fail(*error);
    }
    if (section_.is_whole()) {
        if (auto const error = finish_head()) return fail(*error);
        return deliver(Event::head);
    }
    // A bad start line fails at once; the fields are parsed when all have arrived.
    if (section_.has_first_line() && !started_)
        if (auto const error = put_start_line()) return fail(*error);
    return Outcome();
}

std::optional<ParseError> MessageParser::scan_head() {
    auto const bytes = buffer.unread();
    if (!section_.has_first_line()) {
        // Bytes that cannot become a start line fail at once: the end of the line may never arrive.
        if (!may_begin(bytes)) return ParseError{Errc::bad_start_line, 0};
        if (auto const error = section_.scan_first_line(bytes, leniency_)) return error;
    }
    if (section_.has_first_line()) return section_.scan_fields(bytes, limits_, leniency_);
    if (bytes.size() > limits_.head) return ParseError{Errc::head_too_large, 0};
    return std::nullopt;
}

// Passes the start line to the grammar, unless it can be passed together with the fields.
std::optional<ParseError> MessageParser::put_start_line() {
    started_ = true;
    auto const line = line_at(buffer.unread(), 0);
    start_ = read_start_line(line);
    if (start_.error) return ParseError{*start_.error, 0};
    grammar().restart(skips_body(line, start_));
    bool const as_it_is = start_.rewritten.empty();
    if (as_it_is && section_.is_whole()) return std::nullopt;
    shown_ = section_.first_line_end();
    return as_it_is ? put(0, shown_) : put_text(start_.rewritten, 0, false);
}

std::optional<ParseError> MessageParser::finish_head() {
    if (!started_)
        if (auto const error = put_start_line()) return error;
    if (auto const error = put(shown_, section_.end())) return error;
    if (auto const violation = check_head(start_)) return ParseError{violation->code, place_of(violation->field)};
    record_framing();
    if (content_length > limits_.body) return ParseError{Errc::body_too_large, place_of("Content-Length")};
    use(section_.end());
    section_.restart(0);
    return std::nullopt;
}

void MessageParser::record_framing() {
    bool const has_body = !grammar().is_complete();
    is_chunked = has_body && grammar().is_chunked();
    phase_ = !has_body ? Phase::complete : is_chunked ? Phase::chunk_line : Phase::body;
    content_length = grammar().content_length();
    if (!has_body && content_length > 0u) content_length.reset();  // response to HEAD, 304: announced, not sent
    // RFC 9112 §9.3: "close" is decisive, also in HTTP/1.0 beside "keep-alive".
    keep_alive =
        grammar().keep_alive() && (start_.version >= http::Version{1, 1} || !fields().has_token("Connection", "close"));
}

// --- body ------------------------------------------------------------------------------------------------------------

Outcome MessageParser::read_body() {
    auto const bytes = buffer.unread();
    if (bytes.empty()) return Outcome();
    std::size_t size = 0;
    grammar().put(bytes, false, size);
    if (auto const room = limits_.body - body_size; size > room) return fail(ParseError{Errc::body_too_large, room});
    use(size);
    data = grammar().body();
    body_size += size;
    if (phase_ == Phase::body) {
        if (grammar().is_complete()) phase_ = Phase::complete;
    } else if ((chunk_left_ -= size) == 0) {
        phase_ = Phase::chunk_line;
        after_chunk_ = true;
        section_.restart(0);
    }
    return deliver(Event::data);
}

Outcome MessageParser::read_chunk_line() {
    if (auto const error = scan_chunk_line()) return fail(*error);
    if (!section_.has_first_line()) return Outcome();
    //     chunk_line: "5;x=y\r\n" ─▶ chunk_data: 5 bytes ─▶ "\r\n" and the next chunk line, scanned as one section
    //                 "0\r\n" ────▶ trailers and the empty line, one section with the chunk line
    // RFC 9112 §7.1: chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF; chunk-size = 1*HEXDIG
    auto const line = line_at(buffer.unread(), section_.begin());
    auto const digits = std::min(line.find_first_not_of("0123456789abcdefABCDEF"), line.size());
    bool const ends_well =
        digits == line.size() || std::string_view("; \t").find(line[digits]) != std::string_view::npos;
    if (digits == 0 || !ends_well) return fail(ParseError{Errc::bad_chunk, section_.begin()});
    if (line.find_first_not_of('0') >= digits) return read_last_chunk();

    if (auto const error = put(0, section_.first_line_end())) return fail(*error);
    chunk_left_ = grammar().chunk_size();
    if (chunk_left_ > limits_.body - body_size) return fail(ParseError{Errc::body_too_large, section_.begin()});
    use(section_.first_line_end());
    phase_ = Phase::chunk_data;
    return read_body();
}

std::optional<ParseError> MessageParser::scan_chunk_line() {
    auto const bytes = buffer.unread();
    if (after_chunk_ && section_.begin() == 0) {
        bool const bare = bytes.starts_with('\n');
        if (bare && !chunk_leniency_.bare_line_feed) return ParseError{Errc::bare_line_feed, 0};
        if (bytes.size() < 2 && !bare && std::string_view("\r\n").starts_with(bytes)) return std::nullopt;
        if (!bare && !bytes.starts_with("\r\n")) return ParseError{Errc::bad_chunk, 0};
        section_.restart(bare ? 1 : 2, bare);
    }
    if (!section_.has_first_line())
        if (auto const error = section_.scan_first_line(bytes, chunk_leniency_)) return error;
    auto const end = section_.has_first_line() ? section_.first_line_end() : bytes.size();
    if (end - section_.begin() > limits_.chunk_line) return ParseError{Errc::chunk_line_too_large, section_.begin()};
    return std::nullopt;
}

// RFC 9112 §7.1.2: last-chunk, trailer section, and the empty line.
Outcome MessageParser::read_last_chunk() {
    if (auto const error = section_.scan_fields(buffer.unread(), limits_, chunk_leniency_)) return fail(*error);
    if (!section_.is_whole()) return Outcome();
    if (auto const error = put(0, section_.end())) return fail(*error);
    if (leniency_.any_framing) mask_.restore(trailers);
    use(section_.end());
    return deliver(Event::end);
}

Failure MessageParser::eof_inside() const {
    auto const bytes = buffer.unread();
    if (phase_ == Phase::between || phase_ == Phase::head) {
        auto const line = phase_ == Phase::head && section_.has_first_line() ? section_.end() : 0;
        return describe_eof_in_head(kind(), bytes, line);
    }
    auto const length = phase_ == Phase::body ? content_length : std::nullopt;
    return describe_eof_in_body(kind(), used_ + bytes.size(), body_size, length);
}

// --- the grammar -----------------------------------------------------------------------------------------------------

std::optional<ParseError> MessageParser::put(std::size_t begin, std::size_t end) {
    auto const lines = buffer.unread().substr(begin, end - begin);
    bool const whole = phase_ == Phase::chunk_line || (section_.is_whole() && end == section_.end());
    auto const text = section_.has_bare_line_feed() ? with_crlf(lines) : lines;
    if (phase_ != Phase::chunk_line) {
        auto const fields = without_space_before_colons(text, begin == 0 ? text.find('\n') + 1 : 0);
        return put_text(rewrite(fields, begin == 0), begin, whole);
    }
    if (!section_.is_whole()) return put_text(text, begin, whole);
    auto const chunk_line = after_chunk_ ? text.find('\n') + 1 : 0;
    auto const trailers_at = text.find('\n', chunk_line) + 1;
    return put_text(rewrite_trailers(without_space_before_colons(text, trailers_at)), begin, whole);
}

std::optional<ParseError> MessageParser::put_text(std::string_view text, std::size_t begin, bool whole) {
    std::size_t good = 0;
    auto const error = grammar().put(text, whole, good);
    if (!error) return std::nullopt;
    // The rewritten text has the same lines, so the invalid line is found by counting. For trailers Beast does not
    // report the position, but each valid one is in `trailers`.
    bool const in_chunk = phase_ == Phase::chunk_line;
    auto good_lines =
        static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(good), '\n'));
    if (in_chunk) good_lines = *error == Errc::bad_chunk ? 0 : 1 + trailers.size();
    auto at = in_chunk ? section_.begin() : begin;
    while (good_lines-- > 0) at = buffer.unread().find('\n', at) + 1;
    return ParseError{*error, at};
}

std::string_view MessageParser::rewrite(std::string_view lines, bool has_start_line) {
    if (!leniency_.any_framing) return lines;
    auto const kept = find_framing_line(lines);
    auto const start_line = has_start_line ? lines.find('\n') + 1 : 0;
    bool const is_head = phase_ == Phase::head;
    return mask_.rename(lines, start_line, is_head, [&](std::string_view line) { return line.data() != kept.data(); });
}

// Trailer fields have no influence on framing (RFC 9110 §6.5.1).
std::string_view MessageParser::rewrite_trailers(std::string_view lines) {
    if (!leniency_.any_framing) return lines;
    auto const chunk_line = after_chunk_ ? lines.find('\n') + 1 : 0;
    return mask_.rename(lines, lines.find('\n', chunk_line) + 1, true, [](std::string_view) { return true; });
}

std::string_view MessageParser::with_crlf(std::string_view lines) {
    rewritten_.clear();
    for (std::size_t at = 0; at < lines.size(); at = lines.find('\n', at) + 1)
        rewritten_.append(line_at(lines, at)).append("\r\n");
    return rewritten_;
}

// RFC 9112 §5.1: "A proxy MUST remove any such whitespace from a response message before forwarding the message
// downstream." In requests it is an error, since servers differ in what they make of it.
std::string_view MessageParser::without_space_before_colons(std::string_view lines, std::size_t first_field) {
    constexpr std::string_view blanks = " \t";
    bool const is_here = lines.find(" :", first_field) != lines.npos || lines.find("\t:", first_field) != lines.npos;
    if (!is_here || kind() != Kind::response || !leniency_.space_before_colon) return lines;
    closed_up_.assign(lines.substr(0, first_field));
    for (auto at = first_field; at < lines.size();) {
        auto const end = std::min(lines.find('\n', at), lines.size() - 1) + 1;
        auto const line = lines.substr(at, end - at);
        auto const colon = std::min(line.find(':'), line.size());
        auto const name_end =
            line.substr(0, colon).find_last_not_of(blanks) + 1;  // 0 if it goes on with the line before
        bool const has_name = colon < line.size() && blanks.find(line.front()) == blanks.npos;
        closed_up_.append(line.substr(0, has_name ? name_end : colon)).append(line.substr(colon));
        at = end;
    }
    return closed_up_;
}

std::size_t MessageParser::place_of(std::string_view field) const {
    std::size_t place = 0;
    if (field.empty()) return place;
    auto const bytes = buffer.unread();
    for (auto at = section_.first_line_end(); at < section_.end(); at = bytes.find('\n', at) + 1) {
        auto const line = line_at(bytes, at);
        if (http::equals_ignoring_case(line.substr(0, line.find(':')), field)) place = at;
    }
    return place;
}

// --- requests --------------------------------------------------------------------------------------------------------

std::optional<RuleViolation> RequestParser::check_head(StartLine const& start) {
    head.version = start.version;
    if (auto const violation = check_target(head, leniency_)) return violation;
    if (auto const violation = check_host(head, grammar_->facts(), leniency_)) return violation;
    if (leniency_.any_framing) {
        mask_.restore(head.fields);
    } else if (auto const violation = check_framing(head.fields, head.version, *grammar_, Kind::request)) {
        return violation;
    }
    // RFC 9110 §10.1.1: a server "MUST ignore" the expectation in HTTP/1.0, and may where there is no content.
    expects_continue = grammar_->facts().expect && head.version >= http::Version{1, 1} && !grammar_->is_complete() &&
                       head.fields.has_token("Expect", "100-continue");
    return std::nullopt;
}

// The strings keep their memory.
void RequestParser::message_began() {
    head.method.clear();
    head.target.clear();
    head.version = {};
}

// --- responses -------------------------------------------------------------------------------------------------------

// Methods are case-sensitive (RFC 9110 §9.1): a response to `head` may have a body.
void ResponseParser::expect_response_to(std::string_view method) {
    asked_.push_back(method == "HEAD" ? Asked::head : method == "CONNECT" ? Asked::connect : Asked::get);
}

// RFC 9112 §6.3 rules 1 and 2: no content after HEAD, and after a 2xx to CONNECT. (1xx, 204 and 304 are in the
// grammar.)
bool ResponseParser::skips_body(std::string_view line, StartLine const& start) {
    constexpr std::size_t status_at = std::string_view("HTTP/1.1 ").size();
    bool const is_success =
        start.status ? *start.status / 100 == 2 : line.substr(std::min(status_at, line.size())).starts_with('2');
    opens_tunnel_ = asked() == Asked::connect && is_success;
    return asked() == Asked::head || opens_tunnel_;
}

// RFC 9110 §9.3.6: "A client MUST ignore any Content-Length or Transfer-Encoding header fields received in a successful
// response to CONNECT." Beast would check them, so they are hidden.
std::string_view ResponseParser::rewrite(std::string_view lines, bool has_start_line) {
    if (!opens_tunnel_) return MessageParser::rewrite(lines, has_start_line);
    auto const start_line = has_start_line ? lines.find('\n') + 1 : 0;
    return mask_.rename(lines, start_line, leniency_.any_framing, [](std::string_view) { return true; });
}

std::optional<RuleViolation> ResponseParser::check_head(StartLine const& start) {
    head.version = start.version;
    if (start.status) head.status = *start.status;
    if (auto const violation = check_status(head.status, leniency_)) return violation;
    if (opens_tunnel_ || leniency_.any_framing) {
        mask_.restore(head.fields);
        return std::nullopt;
    }
    return check_framing(head.fields, head.version, *grammar_, Kind::response);
}

void ResponseParser::message_ended() {
    if (!is_interim() && !asked_.empty()) asked_.erase(asked_.begin());
}

}  // namespace pathology::proxycore::http1
