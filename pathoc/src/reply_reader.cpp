#include "reply_reader.hpp"

#include <algorithm>
#include <pathology/proxycore/http1/settings.hpp>
#include <utility>

namespace pathology::pathoc {
namespace {

namespace http1 = proxycore::http1;

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

ReplyReader::ReplyReader(std::size_t body_limit, std::size_t raw_limit)
    : reader_(limits(), http1::Leniency::all()), body_limit_(body_limit), raw_limit_(raw_limit) {}

boost::system::result<ReplyReader::Progress, http1::Failure> ReplyReader::advance() {
    while (!whole_) {
        auto const outcome = ended_ ? reader_.finish() : reader_.next();
        if (!outcome) return outcome.error();
        if (!*outcome) return ended_ ? Progress::nothing_comes : Progress::wants_more;
        keep_raw();
        bool const was_head = has_head_;
        whole_ = use(**outcome);
        if (has_head_ && !was_head) return Progress::has_head;
    }
    return Progress::whole;
}

/// Takes an event in; true at the end of the final reply.
bool ReplyReader::use(http1::Event event) {
    switch (event) {
        case http1::Event::head:
            if (reader_.is_interim()) {
                reply_.interim.push_back(reader_.head());
            } else {
                reply_.head = reader_.head();
                has_head_ = true;
            }
            return false;
        case http1::Event::data: append_within(reply_.body, reader_.data(), body_limit_); return false;
        case http1::Event::end:
            if (!has_head_) return false;
            reply_.body_size = reader_.body_size();
            reply_.trailers = reader_.trailers();
            reply_.keep_alive = reader_.keep_alive() && !ended_;
            return true;
    }
    return false;
}

void ReplyReader::keep_raw() {
    append_within(reply_.raw, reader_.raw(), raw_limit_);
    reply_.raw_size += reader_.raw().size();
}

Reply ReplyReader::take() {
    has_head_ = whole_ = false;
    return std::exchange(reply_, {});
}

std::string ReplyReader::partial() const {
    auto text = reply_.raw;
    append_within(text, reader_.buffered(), raw_limit_);
    return text;
}

}  // namespace pathology::pathoc
