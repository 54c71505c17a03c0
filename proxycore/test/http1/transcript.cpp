#include "http1/transcript.hpp"

#include <pathology/proxycore/http/escaped.hpp>

namespace pathology::test {
namespace {

using namespace proxycore;
using http1::Event;

std::string text(http::Fields const& fields) {
    std::string out;
    for (auto const [name, value] : fields) out.append(" | ").append(name).append(": ").append(value);
    return out;
}

std::string text(http::RequestHead const& head) {
    return "head " + head.method + ' ' + head.target + ' ' + to_string(head.version) + text(head.fields);
}

std::string text(http::ResponseHead const& head) {
    return "head " + to_string(head.version) + ' ' + std::to_string(head.status) + ' ' + head.reason +
           text(head.fields);
}

template <class Reader> class Scribe {
public:
    explicit Scribe(Reader& reader) : reader_(reader) {}

    // Whether there may be more to come.
    bool note(http1::Outcome const& outcome) {
        if (outcome.has_error()) {
            transcript_.failure = outcome.error();
            line("failed " + outcome.error().message);
            return false;
        }
        if (!*outcome) return false;
        transcript_.raw += reader_.raw();
        switch (**outcome) {
            case Event::head: line(text(reader_.head())); break;
            case Event::data: body_ += reader_.data(); break;
            case Event::end: line("end" + text(reader_.trailers())); break;
        }
        return true;
    }
    void line(std::string text) {
        if (!body_.empty()) transcript_.lines.push_back("body " + http::quoted(body_, 1000));
        body_.clear();
        transcript_.lines.push_back(std::move(text));
    }
    Transcript finish() {
        if (!body_.empty()) transcript_.lines.push_back("body " + http::quoted(body_, 1000));
        return std::move(transcript_);
    }
    bool failed() const { return transcript_.failure.has_value(); }

private:
    Reader& reader_;
    Transcript transcript_;
    std::string body_;
};

template <class Reader> Transcript transcribe_any(Reader& reader, Pieces pieces, After after) {
    Scribe scribe(reader);
    for (auto const piece : pieces) {
        if (scribe.failed()) break;
        reader.feed(piece);
        while (scribe.note(reader.next())) {
        }
    }
    if (after == After::eof && !scribe.failed()) {
        while (scribe.note(reader.finish())) {
        }
        if (!scribe.failed()) scribe.line("closed");
    }
    return scribe.finish();
}

}  // namespace

Transcript transcribe(http1::RequestReader& reader, Pieces pieces, After after) {
    return transcribe_any(reader, pieces, after);
}
Transcript transcribe(http1::ResponseReader& reader, Pieces pieces, After after) {
    return transcribe_any(reader, pieces, after);
}

std::optional<http1::Failure> failure_of_request(std::string_view wire, http1::Limits const& limits,
                                                 http1::Leniency const& leniency, After after) {
    http1::RequestReader reader(limits, leniency);
    return transcribe(reader, Pieces(&wire, 1), after).failure;
}
std::optional<http1::Failure> failure_of_response(std::string_view wire, http1::Limits const& limits,
                                                  http1::Leniency const& leniency, After after) {
    http1::ResponseReader reader(limits, leniency);
    return transcribe(reader, Pieces(&wire, 1), after).failure;
}

}  // namespace pathology::test
