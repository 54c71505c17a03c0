#include <pathology/testkit/matchers.hpp>

#include "check.hpp"
#include "property_matcher.hpp"

namespace pathology::testkit {
namespace {

using testing::MatchResultListener;

// --- one property of a request or a reply ----------------------------------------------------------------------------

RequestMatcher request_text(std::string what, std::function<std::string(Request const&)> property,
                            TextMatcher const& inner) {
    return RequestMatcher(
        testing::MakeMatcher(new PropertyMatcher<Request, std::string>(std::move(what), std::move(property), inner)));
}

RequestMatcher request_number(std::string what, std::function<std::uint64_t(Request const&)> property,
                              NumberMatcher const& inner) {
    return RequestMatcher(
        testing::MakeMatcher(new PropertyMatcher<Request, std::uint64_t>(std::move(what), std::move(property), inner)));
}

// --- headers, bodies, bytes ------------------------------------------------------------------------------------------

using Check = MessageMatcher::Check;

class HeaderCheck : public Check {
public:
    HeaderCheck(std::string_view name, TextMatcher value) : name_(name), value_(std::move(value)) {}

    bool matches(Message const& message, MatchResultListener& listener) const override {
        auto const values = message.headers.all(name_);
        if (values.empty()) listener << "which has no header " << name_;
        for (std::size_t i = 0; i < values.size(); ++i) {
            std::string const value(values[i]);
            listener << (i == 0 ? "whose header " + name_ + " is " : " and ") << testing::PrintToString(value);
            if (value_.Matches(value)) return true;
        }
        return false;
    }
    std::string description(bool negated) const override {
        return (negated ? "has no header " : "has a header ") + name_ + " that " + testkit::description(value_, false);
    }

private:
    std::string name_;
    TextMatcher value_;
};

class NoHeaderCheck : public Check {
public:
    explicit NoHeaderCheck(std::string_view name) : name_(name) {}

    bool matches(Message const& message, MatchResultListener& listener) const override {
        auto const value = message.headers.first(name_);
        if (value) listener << "whose header " << name_ << " is " << testing::PrintToString(std::string(*value));
        return !value;
    }
    std::string description(bool negated) const override {
        return (negated ? "has a header " : "has no header ") + name_;
    }

private:
    std::string name_;
};

class BodyCheck : public Check {
public:
    explicit BodyCheck(TextMatcher body) : body_(std::move(body)) {}

    bool matches(Message const& message, MatchResultListener& listener) const override {
        listener << "whose body is " << testing::PrintToString(message.body);
        return body_.Matches(message.body);
    }
    std::string description(bool negated) const override {
        return "has a body that " + testkit::description(body_, negated);
    }

private:
    TextMatcher body_;
};

class RawCheck : public Check {
public:
    explicit RawCheck(TextMatcher bytes) : bytes_(std::move(bytes)) {}

    bool matches(Message const& message, MatchResultListener& listener) const override {
        listener << "whose wire form is " << testing::PrintToString(message.raw);
        return bytes_.Matches(message.raw);
    }
    std::string description(bool negated) const override {
        return "has a wire form that " + testkit::description(bytes_, negated);
    }
    bool looks_at_broken_replies() const override { return true; }

private:
    TextMatcher bytes_;
};

}  // namespace

RequestMatcher HasMethod(TextMatcher const& method) {
    return request_text(
        "method", [](Request const& r) { return r.method; }, method);
}

RequestMatcher HasTarget(TextMatcher const& target) {
    return request_text(
        "target", [](Request const& r) { return r.target; }, target);
}

RequestMatcher HasPath(TextMatcher const& path) {
    return request_text(
        "path", [](Request const& r) { return r.path; }, path);
}

RequestMatcher IsOnConnection(NumberMatcher const& connection) {
    return request_number(
        "connection", [](Request const& r) { return r.connection; }, connection);
}

RequestMatcher HasIndex(NumberMatcher const& index) {
    return request_number(
        "index on its connection", [](Request const& r) { return r.index; }, index);
}

RequestMatcher HasAnswer(TextMatcher const& spec) {
    return request_text(
        "answer", [](Request const& r) { return r.answer.spec; }, spec);
}

ReplyMatcher HasStatus(NumberMatcher const& status) {
    auto const property = [](Reply const& reply) { return std::uint64_t(reply.status); };
    return ReplyMatcher(testing::MakeMatcher(new PropertyMatcher<Reply, std::uint64_t>("status", property, status)));
}

ReplyMatcher HasReason(TextMatcher const& reason) {
    auto const property = [](Reply const& reply) { return reply.reason; };
    return ReplyMatcher(testing::MakeMatcher(new PropertyMatcher<Reply, std::string>("reason", property, reason)));
}

ReplyMatcher FailsWith(TextMatcher const& failure) {
    return ReplyMatcher(testing::AllOf(testing::Property("ok", &Reply::ok, false),
                                       testing::Field("failure", &Reply::failure, failure)));
}

FrameMatcher HasType(TextMatcher const& type) {
    auto const property = [](Frame const& frame) { return frame.type(); };
    return FrameMatcher(testing::MakeMatcher(new PropertyMatcher<Frame, std::string>("type", property, type)));
}

FrameMatcher HasPayload(TextMatcher const& payload) {
    auto const property = [](Frame const& frame) { return frame.payload; };
    return FrameMatcher(testing::MakeMatcher(new PropertyMatcher<Frame, std::string>("payload", property, payload)));
}

MessageMatcher HasHeader(std::string_view name, TextMatcher const& value) {
    return MessageMatcher(std::make_shared<HeaderCheck>(name, value));
}

MessageMatcher HasHeader(std::string_view name) { return HasHeader(name, testing::_); }

MessageMatcher HasNoHeader(std::string_view name) { return MessageMatcher(std::make_shared<NoHeaderCheck>(name)); }

MessageMatcher HasBody(TextMatcher const& body) { return MessageMatcher(std::make_shared<BodyCheck>(body)); }

MessageMatcher HasRawBytes(TextMatcher const& bytes) { return MessageMatcher(std::make_shared<RawCheck>(bytes)); }

}  // namespace pathology::testkit
