// Any bytes, read as requests and as responses, strictly and leniently: whole and in pieces they give the same, every
// byte turns up once, what is strictly right is leniently the same, and a head that was read can be written and read
// again.
//
// The first byte says how long the pieces are, the second which requests the responses answer.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <pathology/proxycore/http/target.hpp>
#include <pathology/proxycore/http1/reader.hpp>
#include <pathology/proxycore/http1/serialise.hpp>
#include <string_view>
#include <vector>

#include "demand.hpp"

namespace {

using namespace pathology::proxycore;
using fuzz::demand;
using http1::Event;

http1::Limits limits() {
    http1::Limits limits;
    limits.head = 300;
    limits.fields = 8;
    limits.chunk_line = 40;
    limits.body = 200;
    return limits;
}

/// What a reader made of its bytes.
struct Read {
    std::string events;   // heads, bodies and trailers
    std::string raw;      // of all events
    std::string failure;  // its code and place; the message may quote more of a line, the more has come of it
    std::string rest;     // not used
    bool operator==(Read const&) const = default;
};

std::string text(http::RequestHead const& head) { return http1::serialise(head); }
std::string text(http::ResponseHead const& head) { return http1::serialise(head); }

template <class Reader> void note(Read& read, Reader const& reader, Event event) {
    read.raw += reader.raw();
    if (event == Event::data) {
        read.events += reader.data();
        return;
    }
    if (event == Event::head) read.events += text(reader.head());
    if (event == Event::end) read.events += "\nend " + http1::last_chunk(reader.trailers());
}

template <class Reader> Read read(Reader& reader, std::string_view wire, std::size_t step) {
    Read read;
    bool failed = false;
    auto const use = [&](auto const& next) {
        for (auto outcome = next(); !failed && (!outcome || *outcome); outcome = next()) {
            failed = !outcome;
            if (failed) {
                auto const code = static_cast<int>(outcome.error().code);
                read.failure = std::to_string(code) + " at " + std::to_string(outcome.error().offset);
            } else {
                note(read, reader, **outcome);
            }
        }
    };
    for (; !wire.empty() && !failed; wire.remove_prefix(std::min(step, wire.size()))) {
        reader.feed(wire.substr(0, step));
        use([&] { return reader.next(); });
    }
    if (!failed) use([&] { return reader.finish(); });
    read.rest = failed ? std::string() : std::string(reader.buffered());
    return read;
}

http1::RequestReader make(http1::Leniency const& leniency, http1::RequestReader const* /*kind*/, unsigned /*asked*/) {
    return http1::RequestReader(limits(), leniency);
}

http1::ResponseReader make(http1::Leniency const& leniency, http1::ResponseReader const* /*kind*/, unsigned asked) {
    constexpr std::string_view methods[] = {"GET", "HEAD", "CONNECT", "head"};
    http1::ResponseReader reader(limits(), leniency);
    for (int i = 0; i < 4; ++i, asked /= 4) reader.expect_response_to(methods[asked % 4]);
    return reader;
}

/// Whether `raw` is `wire` but for empty lines that were passed over.
bool is_all_of(std::string_view raw, std::string_view wire) {
    for (char const c : raw) {
        while (!wire.empty() && wire.front() != c && (wire.front() == '\r' || wire.front() == '\n')) {
            wire.remove_prefix(1);
        }
        if (wire.empty() || wire.front() != c) return false;
        wire.remove_prefix(1);
    }
    return true;
}

template <class Reader>
Read read_both_ways(http1::Leniency const& leniency, std::string_view wire, std::size_t step, unsigned asked) {
    Reader const* const kind = nullptr;
    auto one = make(leniency, kind, asked);
    auto other = make(leniency, kind, asked);
    auto whole = read(one, wire, std::max<std::size_t>(wire.size(), 1));
    auto const pieces = read(other, wire, step);
    demand(whole.events == pieces.events, "pieces are read otherwise:\n" + whole.events + "\n---\n" + pieces.events);
    demand(whole == pieces, "pieces fail otherwise: " + whole.failure + " --- " + pieces.failure);
    demand(is_all_of(whole.raw, wire), "the raw bytes are others than those that came");
    return whole;
}

template <class Reader> void check(std::string_view wire, std::size_t step, unsigned asked) {
    auto const strict = read_both_ways<Reader>({}, wire, step, asked);
    auto const lenient = read_both_ways<Reader>(http1::Leniency::all(), wire, step, asked);
    if (strict.failure.empty()) demand(strict.events == lenient.events, "leniency changes what is right");
    demand(lenient.events.starts_with(strict.events), "leniency changes what was right before the failure");
}

/// The first head, written and read again, is the same head.
void check_writing(std::string_view wire) {
    http1::RequestReader first(limits(), http1::Leniency::all());
    first.feed(wire);
    auto const outcome = first.next();
    if (!outcome || *outcome != Event::head) return;
    http1::RequestReader again({}, http1::Leniency::all());
    again.feed(http1::serialise(first.head()));
    auto const repeated = again.next();
    demand(repeated && *repeated == Event::head, "a head that was read cannot be read again");
    demand(again.head() == first.head(), "a head that was read reads otherwise when written");
}

void check_target(std::string_view text) {
    auto const target = http::parse_target(text);
    if (target.form != http::TargetForm::authority) return;
    demand(!target.host.empty() && !target.port.empty(), "an authority-form without host or port");
    bool const bracketed = text.front() == '[';
    auto const host = bracketed ? "[" + std::string(target.host) + "]" : std::string(target.host);
    demand(host + ":" + std::string(target.port) == text, "the pieces of an authority are others than its text");
    demand(std::stoul(std::string(target.port)) <= 65535, "a port past 65535");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size < 2) return 0;
    std::size_t const step = 1 + data[0] % 16;
    std::string_view const wire(reinterpret_cast<char const*>(data) + 2, size - 2);
    check<http1::RequestReader>(wire, step, 0);
    check<http1::ResponseReader>(wire, step, data[1]);
    check_writing(wire);
    check_target(wire);
    return 0;
}
