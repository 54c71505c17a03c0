#include <pathology/testkit/matchers.hpp>

#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/http2/names.hpp>
#include <sstream>

namespace pathology::testkit {
namespace {

using proxycore::record::RecordedTls;
using testing::MatchResultListener;

constexpr std::size_t max_shown = 400;  // of a value, in bytes: a failure has to be readable

/// The description of an inner matcher: "is equal to 404". One that has a long value in it is cut in the middle.
template <class Matcher> std::string described(Matcher const& matcher, bool negated = false) {
    std::ostringstream out;
    negated ? matcher.DescribeNegationTo(&out) : matcher.DescribeTo(&out);
    auto text = out.str();
    constexpr std::size_t max_text = 2 * max_shown;
    if (text.size() <= max_text) return text;
    auto const left_out = text.size() - max_text;
    return text.replace(max_shown, left_out, "... (" + std::to_string(left_out) + " characters) ...");
}

std::string shown(std::string_view value) { return proxycore::http::quoted(value, max_shown); }
std::string shown(std::uint64_t value) { return std::to_string(value); }

/// Bytes of which only the first were kept, or are shown: `"aaa..." (the first 1024 of 5000 bytes; …)`.
std::string shown(std::string_view bytes, std::uint64_t size) {
    auto text = shown(bytes);
    if (bytes.size() < size) {
        text += " (the first " + std::to_string(bytes.size()) + " of " + std::to_string(size) +
                " bytes; the rest was not kept, see keep_bytes)";
    } else if (bytes.size() > max_shown) {
        text += " (" + std::to_string(size) + " bytes)";
    }
    return text;
}

/// Returns true if the subject exists. Otherwise explains why not, so that each matcher reports the failure.
bool is_there(Request const&, MatchResultListener&) { return true; }

bool is_there(Response const& response, MatchResultListener& listener) {
    if (!response.ok()) listener << "there is no response: " << response.failure;
    return response.ok();
}

bool is_there(Frame const& frame, MatchResultListener& listener) {
    if (!frame.ok()) listener << "there is no frame: " << frame.failure;
    return frame.ok();
}

/// Makes a matcher for a value that every subject has. `what` is a noun, "method"; `value_of` returns the value.
template <class Matcher, class ValueOf, class Value>
Matcher property(std::string const& what, ValueOf const& value_of, testing::Matcher<Value const&> const& inner) {
    bool const begins_with_vowel = std::string_view("aeiou").find(what.front()) != std::string_view::npos;
    auto const begin = (begins_with_vowel ? "has an " : "has a ") + what + " that ";
    auto const match = [=](auto const& subject, MatchResultListener& listener) {
        if (!is_there(subject, listener)) return false;
        // A copy: value_of may return by value, and the explanation needs it as well as the match.
        Value const value = value_of(subject);
        listener << "whose " << what << " is " << shown(value);
        return inner.Matches(value);
    };
    return Matcher({begin + described(inner), begin + described(inner, true)}, match);
}

/// Bytes as far as they were kept, and how many there were.
struct Kept {
    std::string const& bytes;
    std::uint64_t size;
};

/// Makes a matcher for bytes of which a limit may have cut the end. `what` is a noun, "body".
template <class Matcher, class KeptOf>
Matcher kept_bytes(std::string const& what, KeptOf const& kept_of, TextMatcher const& inner) {
    auto const begin = "has a " + what + " that ";
    auto const match = [=](auto const& subject, MatchResultListener& listener) {
        if (!is_there(subject, listener)) return false;
        Kept const kept = kept_of(subject);
        listener << "whose " << what << " is " << shown(kept.bytes, kept.size);
        return inner.Matches(kept.bytes);
    };
    return Matcher({begin + described(inner), begin + described(inner, true)}, match);
}

/// A response counts no raw bytes beyond those that are kept.
std::uint64_t size_of_raw(Request const& request) { return request.raw_size; }
std::uint64_t size_of_raw(Response const& response) { return response.raw.size(); }

/// Makes a matcher for a text of the TLS connection. `what` is a noun with its article.
MessageMatcher tls_property(std::string const& what, std::string RecordedTls::*member, TextMatcher const& inner) {
    auto const begin = "came with " + what + " that ";
    auto const match = [=](auto const& subject, MatchResultListener& listener) {
        if (!is_there(subject, listener)) return false;
        if (subject.tls == nullptr) {
            listener << "which came over no TLS";
            return false;
        }
        auto const& value = (*subject.tls).*member;
        listener << "which came with " << what << " " << shown(value);
        return inner.Matches(value);
    };
    return MessageMatcher({begin + described(inner), begin + described(inner, true)}, match);
}

}  // namespace

// --- requests --------------------------------------------------------------------------------------------------------

RequestMatcher HasMethod(TextMatcher const& method) {
    return property<RequestMatcher>(
        "method", [](Request const& request) { return request.method; }, method);
}

RequestMatcher HasTarget(TextMatcher const& target) {
    return property<RequestMatcher>(
        "target", [](Request const& request) { return request.target; }, target);
}

RequestMatcher HasPath(TextMatcher const& path) {
    return property<RequestMatcher>(
        "path", [](Request const& request) { return request.path; }, path);
}

RequestMatcher IsOnConnection(NumberMatcher const& connection) {
    return property<RequestMatcher>(
        "connection", [](Request const& request) { return request.connection; }, connection);
}

RequestMatcher HasIndex(NumberMatcher const& index) {
    return property<RequestMatcher>(
        "index on its connection", [](Request const& request) { return request.index; }, index);
}

RequestMatcher HasResponse(TextMatcher const& spec) {
    return property<RequestMatcher>(
        "response", [](Request const& request) { return request.response.spec; }, spec);
}

RequestMatcher ReceivedFrame(TextMatcher const& type) {
    auto const match = [type](Request const& request, MatchResultListener& listener) {
        // Over HTTP/1 there are no frames; the explanation names the version instead of an empty list.
        if (!request.stream) listener << "which came by " << request.http_version;
        bool found = false;
        for (std::size_t i = 0; i < request.frames.size(); ++i) {
            auto const name = proxycore::http2::name(proxycore::http2::FrameType{request.frames[i].type});
            listener << (i == 0 ? "whose frames are " : ", ") << name;
            found = found || type.Matches(name);
        }
        return found;
    };
    auto const end = "HTTP/2 frame whose type " + described(type);
    return RequestMatcher({"has an " + end, "has no " + end}, match);
}

RequestMatcher HasClientCertificate(TextMatcher const& common_name) {
    auto const match = [common_name](Request const& request, MatchResultListener& listener) {
        if (!request.tls || !request.tls->client_certificate) {
            listener << "whose client showed no certificate";
            return false;
        }
        auto const& certificate = *request.tls->client_certificate;
        listener << "whose client showed a certificate of " << certificate.subject;
        return common_name.Matches(certificate.common_name);
    };
    auto const end = "client certificate whose common name " + described(common_name);
    return RequestMatcher({"has a " + end, "has no " + end}, match);
}

// --- responses ---------------------------------------------------------------------------------------------------------

ResponseMatcher HasStatus(NumberMatcher const& status) {
    return property<ResponseMatcher>(
        "status", [](Response const& response) { return std::uint64_t(response.status); }, status);
}

ResponseMatcher HasReason(TextMatcher const& reason) {
    return property<ResponseMatcher>(
        "reason", [](Response const& response) { return response.reason; }, reason);
}

ResponseMatcher FailsWith(TextMatcher const& failure) {
    auto const match = [failure](Response const& response, MatchResultListener& listener) {
        if (response.ok()) {
            listener << "which is whole";
            return false;
        }
        listener << "whose failure is " << shown(response.failure);
        return failure.Matches(response.failure);
    };
    return ResponseMatcher({"has a failure that " + described(failure), "has no failure that " + described(failure)},
                           match);
}

// --- both ------------------------------------------------------------------------------------------------------------

MessageMatcher HasHeader(std::string_view name, TextMatcher const& value) {
    auto const match = [name = std::string(name), value](auto const& message, MatchResultListener& listener) {
        if (!is_there(message, listener)) return false;
        auto const values = message.headers.all(name);
        if (values.empty()) listener << "which has no header " << name;
        for (std::size_t i = 0; i < values.size(); ++i) {
            std::string const one(values[i]);
            listener << (i == 0 ? "whose header " + name + " is " : " and ") << shown(one);
            if (value.Matches(one)) return true;
        }
        return false;
    };
    auto const end = "header " + std::string(name) + " that " + described(value);
    return MessageMatcher({"has a " + end, "has no " + end}, match);
}

MessageMatcher HasHeader(std::string_view name) { return HasHeader(name, testing::_); }

MessageMatcher HasNoHeader(std::string_view name) {
    auto const match = [name = std::string(name)](auto const& message, MatchResultListener& listener) {
        if (!is_there(message, listener)) return false;
        auto const value = message.headers.first(name);
        if (value) listener << "whose header " << name << " is " << shown(*value);
        return !value;
    };
    auto const end = "header " + std::string(name);
    return MessageMatcher({"has no " + end, "has a " + end}, match);
}

MessageMatcher HasBody(TextMatcher const& body) {
    return kept_bytes<MessageMatcher>(
        "body",
        [](auto const& message) {
            return Kept{message.body, message.body_size};
        },
        body);
}

/// Also matches the bytes of an incomplete response.
MessageMatcher HasRawBytes(TextMatcher const& bytes) {
    auto const match = [bytes](auto const& message, MatchResultListener& listener) {
        listener << "whose wire form is " << shown(message.raw, size_of_raw(message));
        return bytes.Matches(message.raw);
    };
    std::string const begin = "has a wire form that ";
    return MessageMatcher({begin + described(bytes), begin + described(bytes, true)}, match);
}

MessageMatcher HasTlsVersion(TextMatcher const& version) {
    return tls_property("a TLS version", &RecordedTls::version, version);
}

MessageMatcher HasSni(TextMatcher const& name) { return tls_property("an SNI", &RecordedTls::sni, name); }

MessageMatcher HasAlpn(TextMatcher const& protocol) { return tls_property("an ALPN", &RecordedTls::alpn, protocol); }

// --- WebSocket frames ------------------------------------------------------------------------------------------------

FrameMatcher HasType(TextMatcher const& type) {
    return property<FrameMatcher>(
        "type", [](Frame const& frame) { return frame.type(); }, type);
}

FrameMatcher HasPayload(TextMatcher const& payload) {
    return kept_bytes<FrameMatcher>(
        "payload",
        [](Frame const& frame) {
            return Kept{frame.payload, frame.payload_size};
        },
        payload);
}

}  // namespace pathology::testkit
