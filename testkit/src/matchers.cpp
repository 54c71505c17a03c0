#include <pathology/testkit/matchers.hpp>

#include <pathology/language/parse.hpp>
#include <pathology/language/print.hpp>
#include <pathology/language/resolve.hpp>

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

// --- what an answer was made of --------------------------------------------------------------------------------------

using Answer = language::Parsed<language::Message>;

/// The resolved message with every offset that `unspecified` leaves to chance taken out of the comparison.
std::string comparable(language::Message message, language::Message const& unspecified) {
    std::size_t position = 0;
    auto const& written = language::features(unspecified);
    for (auto& feature : language::features(message)) {
        if (position >= written.size()) break;
        auto const& original = written[position++];
        auto const is_random = std::visit(
            [](auto const& is) {
                if constexpr (requires { is.at; }) return is.at.kind == language::Offset::Kind::random;
                return false;
            },
            original.is);
        if (!is_random) continue;
        std::visit(
            [](auto& is) {
                if constexpr (requires { is.at; }) is.at = language::Offset{language::Offset::Kind::random, 0};
            },
            feature.is);
    }
    return language::print(message);
}

class AnsweredByMatcher : public testing::MatcherInterface<Request const&> {
public:
    explicit AnsweredByMatcher(std::string_view spec) : spec_(spec), wanted_(language::parse_response(spec)) {}

    bool MatchAndExplain(Request const& request, MatchResultListener* listener) const override {
        if (!wanted_) {
            *listener << "but the spec to compare with is none:\n" << language::describe(wanted_.error(), spec_);
            return false;
        }
        *listener << "whose answer is " << request.answer.spec;
        auto const given = language::parse_response(request.answer.spec);
        language::Settings settings;
        settings.websocket_key = request.header("Sec-WebSocket-Key");
        settings.files = language::FileAccess::none();
        language::Rng rng(0);
        auto const resolved = language::resolve(*wanted_, settings, rng);
        if (!given || !resolved) return given && language::print(*given).starts_with(language::print(*wanted_));
        return comparable(*given, *wanted_) == comparable(*resolved, *wanted_);
    }
    void DescribeTo(std::ostream* out) const override { *out << "is answered by " << spec_; }
    void DescribeNegationTo(std::ostream* out) const override { *out << "is not answered by " << spec_; }

private:
    std::string spec_;
    Answer wanted_;
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

RequestMatcher AnsweredBy(std::string_view spec) {
    return RequestMatcher(testing::MakeMatcher(new AnsweredByMatcher(spec)));
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

MessageMatcher HasHeader(std::string_view name, TextMatcher const& value) {
    return MessageMatcher(std::make_shared<HeaderCheck>(name, value));
}

MessageMatcher HasHeader(std::string_view name) { return HasHeader(name, testing::_); }

MessageMatcher HasNoHeader(std::string_view name) { return MessageMatcher(std::make_shared<NoHeaderCheck>(name)); }

MessageMatcher HasBody(TextMatcher const& body) { return MessageMatcher(std::make_shared<BodyCheck>(body)); }

MessageMatcher HasRawBytes(TextMatcher const& bytes) { return MessageMatcher(std::make_shared<RawCheck>(bytes)); }

}  // namespace pathology::testkit
