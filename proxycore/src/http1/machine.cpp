#include "http1/machine.hpp"

#include <algorithm>

namespace pathology::proxycore::http1 {

Outcome Machine::next() {
    if (failure_) return *failure_;
    if (delivered_) buffer.begin_event();
    delivered_ = false;
    data = raw = {};
    return step();
}

Outcome Machine::finish() {
    auto outcome = next();
    if (outcome.has_error() || *outcome || is_between_messages()) return outcome;
    if (phase_ != Phase::body || !grammar().needs_eof()) return fail(eof_inside());
    // RFC 9112 §8: a body without a length is complete when the connection ends.
    grammar().put_eof();
    return deliver(Event::end);
}

Outcome Machine::step() {
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

Outcome Machine::deliver(Event event) {
    delivered_ = true;
    raw = buffer.event();
    if (event == Event::end) {
        phase_ = Phase::between;
        message_ended();
    }
    return std::optional(event);
}

Outcome Machine::fail(Failure failure) {
    failure_ = std::move(failure);
    return *failure_;
}

Outcome Machine::fail(Fault const& fault) {
    auto const line = line_at(buffer.unread(), fault.at);
    return fail(describe(fault.code, kind(), used_ + fault.at, line, limits_));
}

void Machine::use(std::size_t size) {
    buffer.use(size);
    used_ += size;
}

// --- head ------------------------------------------------------------------------------------------------------------

bool Machine::begin_message() {
    if (kind() == Kind::request && !skipped_line_ && !skip_empty_line()) return false;
    if (buffer.unread().empty()) return false;
    phase_ = Phase::head;
    fields().clear();
    trailers.clear();
    section_.restart(0);
    body_size = used_ = shown_ = 0;
    started_ = after_chunk_ = skipped_line_ = false;
    return true;
}

// RFC 9112 §2.2: "a server that is expecting to receive and parse a request-line SHOULD ignore at least one empty line
// (CRLF) received prior to the request-line." One it is; false while it may still become one.
bool Machine::skip_empty_line() {
    auto const bytes = buffer.unread();
    if (bytes == "\r") return false;
    auto const size = bytes.starts_with("\r\n") ? 2u : bytes.starts_with('\n') && leniency_.bare_line_feed ? 1u : 0u;
    buffer.use(size);
    skipped_line_ = size > 0;
    return true;
}

Outcome Machine::read_head() {
    if (auto const fault = scan_head()) {
        // However the bytes were cut, the first bad line is the one to tell of.
        if (fault->at > 0 && !started_)
            if (auto const earlier = put_start_line()) return fail(*earlier);
        return fail(*fault);
    }
    if (section_.is_whole()) {
        if (auto const fault = finish_head()) return fail(*fault);
        return deliver(Event::head);
    }
    // A bad start line is told at once; the fields are read when all are there.
    if (section_.has_first_line() && !started_)
        if (auto const fault = put_start_line()) return fail(*fault);
    return Outcome();
}

std::optional<Fault> Machine::scan_head() {
    auto const bytes = buffer.unread();
    if (!section_.has_first_line()) {
        // What is none is told at once: the end of its line may never come.
        if (!may_begin(bytes)) return Fault{Errc::bad_start_line, 0};
        if (auto const fault = section_.scan_first_line(bytes, leniency_)) return fault;
    }
    if (section_.has_first_line()) return section_.scan_fields(bytes, limits_, leniency_);
    if (bytes.size() > limits_.head) return Fault{Errc::head_too_large, 0};
    return std::nullopt;
}

// Shows the start line to the grammar, unless it can go in one piece with the fields.
std::optional<Fault> Machine::put_start_line() {
    started_ = true;
    auto const line = line_at(buffer.unread(), 0);
    start_ = read_start_line(line);
    if (start_.error) return Fault{*start_.error, 0};
    grammar().restart(skips_body(line, start_));
    bool const as_it_is = start_.rewritten.empty();
    if (as_it_is && section_.is_whole()) return std::nullopt;
    shown_ = section_.first_line_end();
    return as_it_is ? put(0, shown_) : put_text(start_.rewritten, 0, false);
}

std::optional<Fault> Machine::finish_head() {
    if (!started_)
        if (auto const fault = put_start_line()) return fault;
    if (auto const fault = put(shown_, section_.end())) return fault;
    if (auto const breach = check_head(start_)) return Fault{breach->code, place_of(breach->field)};
    note_framing();
    if (content_length > limits_.body) return Fault{Errc::body_too_large, place_of("Content-Length")};
    use(section_.end());
    section_.restart(0);
    return std::nullopt;
}

void Machine::note_framing() {
    bool const has_body = !grammar().is_complete();
    is_chunked = has_body && grammar().is_chunked();
    phase_ = !has_body ? Phase::complete : is_chunked ? Phase::chunk_line : Phase::body;
    content_length = grammar().content_length();
    if (!has_body && content_length > 0u) content_length.reset();  // a reply to HEAD, 304: announced, not sent
    // RFC 9112 §9.3: "close" is decisive, also in HTTP/1.0 beside "keep-alive".
    keep_alive =
        grammar().keep_alive() && (start_.version >= http::Version{1, 1} || !fields().has_token("Connection", "close"));
}

// --- body ------------------------------------------------------------------------------------------------------------

Outcome Machine::read_body() {
    auto const bytes = buffer.unread();
    if (bytes.empty()) return Outcome();
    std::size_t size = 0;
    grammar().put(bytes, false, size);
    if (auto const room = limits_.body - body_size; size > room) return fail(Fault{Errc::body_too_large, room});
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

Outcome Machine::read_chunk_line() {
    if (auto const fault = scan_chunk_line()) return fail(*fault);
    if (!section_.has_first_line()) return Outcome();
    // RFC 9112 §7.1: chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF; chunk-size = 1*HEXDIG
    auto const line = line_at(buffer.unread(), section_.begin());
    auto const digits = std::min(line.find_first_not_of("0123456789abcdefABCDEF"), line.size());
    bool const ends_well =
        digits == line.size() || std::string_view("; \t").find(line[digits]) != std::string_view::npos;
    if (digits == 0 || !ends_well) return fail(Fault{Errc::bad_chunk, section_.begin()});
    if (line.find_first_not_of('0') >= digits) return read_last_chunk();

    if (auto const fault = put(0, section_.first_line_end())) return fail(*fault);
    chunk_left_ = grammar().chunk_size();
    if (chunk_left_ > limits_.body - body_size) return fail(Fault{Errc::body_too_large, section_.begin()});
    use(section_.first_line_end());
    phase_ = Phase::chunk_data;
    return read_body();
}

std::optional<Fault> Machine::scan_chunk_line() {
    auto const bytes = buffer.unread();
    if (after_chunk_ && section_.begin() == 0) {
        bool const bare = leniency_.bare_line_feed && bytes.starts_with('\n');
        if (bytes.size() < 2 && !bare && std::string_view("\r\n").starts_with(bytes)) return std::nullopt;
        if (!bare && !bytes.starts_with("\r\n")) return Fault{Errc::bad_chunk, 0};
        section_.restart(bare ? 1 : 2, bare);
    }
    if (!section_.has_first_line())
        if (auto const fault = section_.scan_first_line(bytes, leniency_)) return fault;
    auto const end = section_.has_first_line() ? section_.first_line_end() : bytes.size();
    if (end - section_.begin() > limits_.chunk_line) return Fault{Errc::chunk_line_too_large, section_.begin()};
    return std::nullopt;
}

// RFC 9112 §7.1.2: last-chunk, trailer section, and the empty line.
Outcome Machine::read_last_chunk() {
    if (auto const fault = section_.scan_fields(buffer.unread(), limits_, leniency_)) return fail(*fault);
    if (!section_.is_whole()) return Outcome();
    if (auto const fault = put(0, section_.end())) return fail(*fault);
    if (leniency_.any_framing) disguise_.take_off(trailers);
    use(section_.end());
    return deliver(Event::end);
}

Failure Machine::eof_inside() const {
    auto const bytes = buffer.unread();
    if (phase_ == Phase::between || phase_ == Phase::head) {
        auto const line = phase_ == Phase::head && section_.has_first_line() ? section_.end() : 0;
        return describe_eof_in_head(kind(), bytes, line);
    }
    auto const length = phase_ == Phase::body ? content_length : std::nullopt;
    return describe_eof_in_body(kind(), used_ + bytes.size(), body_size, length);
}

// --- the grammar -----------------------------------------------------------------------------------------------------

std::optional<Fault> Machine::put(std::size_t begin, std::size_t end) {
    auto const lines = buffer.unread().substr(begin, end - begin);
    bool const whole = phase_ == Phase::chunk_line || (section_.is_whole() && end == section_.end());
    auto const text = section_.has_bare_line_feed() ? with_crlf(lines) : lines;
    if (phase_ != Phase::chunk_line) return put_text(rewrite(text, begin == 0), begin, whole);
    return put_text(section_.is_whole() ? rewrite_trailers(text) : text, begin, whole);
}

std::optional<Fault> Machine::put_text(std::string_view text, std::size_t begin, bool whole) {
    std::size_t good = 0;
    auto const error = grammar().put(text, whole, good);
    if (!error) return std::nullopt;
    // The text has the lines of the bytes one for one, so the bad line is found by counting. With trailers the grammar
    // does not say how far it came, but each one that was good is in `trailers`.
    bool const in_chunk = phase_ == Phase::chunk_line;
    auto good_lines =
        static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(good), '\n'));
    if (in_chunk) good_lines = *error == Errc::bad_chunk ? 0 : 1 + trailers.size();
    auto at = in_chunk ? section_.begin() : begin;
    while (good_lines-- > 0) at = buffer.unread().find('\n', at) + 1;
    return Fault{*error, at};
}

std::string_view Machine::rewrite(std::string_view lines, bool has_start_line) {
    if (!leniency_.any_framing) return lines;
    auto const kept = find_framing_line(lines);
    auto const start_line = has_start_line ? lines.find('\n') + 1 : 0;
    bool const is_head = phase_ == Phase::head;
    return disguise_.put_on(lines, start_line, is_head,
                            [&](std::string_view line) { return line.data() != kept.data(); });
}

// Behind the last chunk no field frames anything.
std::string_view Machine::rewrite_trailers(std::string_view lines) {
    if (!leniency_.any_framing) return lines;
    auto const chunk_line = after_chunk_ ? lines.find('\n') + 1 : 0;
    return disguise_.put_on(lines, lines.find('\n', chunk_line) + 1, true, [](std::string_view) { return true; });
}

std::string_view Machine::with_crlf(std::string_view lines) {
    rewritten_.clear();
    for (std::size_t at = 0; at < lines.size(); at = lines.find('\n', at) + 1)
        rewritten_.append(line_at(lines, at)).append("\r\n");
    return rewritten_;
}

std::size_t Machine::place_of(std::string_view field) const {
    std::size_t place = 0;
    if (field.empty()) return place;
    auto const bytes = buffer.unread();
    for (auto at = section_.first_line_end(); at < section_.end(); at = bytes.find('\n', at) + 1) {
        auto const line = line_at(bytes, at);
        if (http::equals_ignoring_case(line.substr(0, line.find(':')), field)) place = at;
    }
    return place;
}

}  // namespace pathology::proxycore::http1
