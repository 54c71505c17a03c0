#include "response_collector.hpp"

#include <algorithm>
#include <pathology/proxycore/http1/settings.hpp>
#include <utility>

namespace pathology::pathoc {
namespace {

namespace http1 = proxycore::http1;

// A test client has to show large heads, not reject them; the limits only bound the memory.
http1::Limits limits() {
    http1::Limits limits;
    limits.head = 4U << 20U;
    limits.fields = 10000;
    return limits;
}

void append_within(std::string& into, std::string_view more, std::size_t limit) {
    into.append(more.substr(0, limit - std::min(limit, into.size())));
}

}  // namespace

ResponseCollector::ResponseCollector(std::size_t body_limit, std::size_t raw_limit)
    : reader_(limits(), http1::Leniency::all()), body_limit_(body_limit), raw_limit_(raw_limit) {}

boost::system::result<ResponseCollector::State, http1::Failure> ResponseCollector::advance() {
    while (!whole_) {
        auto const outcome = ended_ ? reader_.finish() : reader_.next();
        if (!outcome) return outcome.error();
        if (!*outcome) return ended_ ? State::nothing_comes : State::wants_more;
        keep_raw();
        // Reported once, so that the caller can take the time of the head before the body arrives.
        bool const was_head = has_head_;
        whole_ = handle(**outcome);
        if (has_head_ && !was_head) return State::has_head;
    }
    return State::whole;
}

/// Records an event. Returns true at the end of the final response.
bool ResponseCollector::handle(http1::Event event) {
    switch (event) {
        case http1::Event::head:
            if (reader_.is_interim()) {
                response_.interim.push_back(reader_.head());
            } else {
                response_.head = reader_.head();
                has_head_ = true;
            }
            return false;
        case http1::Event::data: append_within(response_.body, reader_.data(), body_limit_); return false;
        case http1::Event::end:
            // The end of an interim response (RFC 9110 §15.2).
            if (!has_head_) return false;
            response_.body_size = reader_.body_size();
            response_.trailers = reader_.trailers();
            // After the server's end no further response can come, whatever the fields announce.
            response_.keep_alive = reader_.keep_alive() && !ended_;
            return true;
    }
    return false;
}

void ResponseCollector::keep_raw() {
    append_within(response_.raw, reader_.raw(), raw_limit_);
    response_.raw_size += reader_.raw().size();
}

Response ResponseCollector::take() {
    has_head_ = whole_ = false;
    return std::exchange(response_, {});
}

std::string ResponseCollector::partial() const {
    auto text = response_.raw;
    append_within(text, reader_.buffered(), raw_limit_);
    return text;
}

}  // namespace pathology::pathoc
