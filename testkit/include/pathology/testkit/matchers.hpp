// GoogleMock matchers over requests, responses and frames. Each takes a value or a matcher:
// HasHeader("Host", StartsWith("a")).
//
//     EXPECT_THAT(daemon.take_request(2s), Optional(AllOf(HasMethod("PUT"), HasBody("x"), IsOnConnection(0))));
//     EXPECT_THAT(client.request("get:/"), AllOf(HasStatus(404), HasHeader("Location", "/x")));
//
// An incomplete response can match FailsWith and HasRawBytes only; the others report why it failed.
#pragma once

#include <gmock/gmock.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <pathology/kit/message.hpp>
#include <pathology/testkit/failure.hpp>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace pathology::testkit {

/// The type of all matchers of the kit: a description, and for each of `Subjects` a function that matches and explains.
/// Usable wherever GoogleMock takes a matcher, also inside Optional(AllOf(…)). Cheap to copy.
template <class... Subjects> class SubjectMatcher {
public:
    using is_gtest_matcher = void;
    using Listener = testing::MatchResultListener;

    /// Verb phrases: `has a body that is empty`, and for its negation `has a body that isn't empty`.
    struct Description {
        std::string text, negation;
    };

    /// `match` is bool(subject, listener), for each of the subjects.
    template <class Match>
    SubjectMatcher(Description description, Match const& match)
        : state_(std::make_shared<State const>(State{std::move(description), {Function<Subjects>(match)...}})) {}

    template <class Subject>
    requires(std::is_same_v<Subject, Subjects> || ...) bool MatchAndExplain(Subject const& subject,
                                                                            Listener* listener) const {
        return std::get<Function<Subject>>(state_->match)(subject, *listener);
    }
    void DescribeTo(std::ostream* out) const { *out << state_->description.text; }
    void DescribeNegationTo(std::ostream* out) const { *out << state_->description.negation; }

private:
    template <class Subject> using Function = std::function<bool(Subject const&, Listener&)>;
    struct State {
        Description description;
        std::tuple<Function<Subjects>...> match;
    };

    std::shared_ptr<State const> state_;
};

using TextMatcher = testing::Matcher<std::string const&>;
using NumberMatcher = testing::Matcher<std::uint64_t const&>;
using RequestMatcher = SubjectMatcher<Request>;
using ResponseMatcher = SubjectMatcher<Response>;
using MessageMatcher = SubjectMatcher<Request, Response>;
using FrameMatcher = SubjectMatcher<Frame>;

// --- requests ---
RequestMatcher HasMethod(TextMatcher const& method);
RequestMatcher HasTarget(TextMatcher const& target);             ///< the request target as sent (RFC 9112 §3.2)
RequestMatcher HasPath(TextMatcher const& path);                 ///< path and query, also of a request to a proxy
RequestMatcher IsOnConnection(NumberMatcher const& connection);  ///< connections count up from 0
RequestMatcher HasIndex(NumberMatcher const& index);             ///< its number on its connection, from 0

/// The response corresponds to `spec`. Features that resolve() adds may be left out, a random offset (`r`) matches any
/// offset, and the content of files is not compared.
RequestMatcher AnsweredBy(std::string_view spec);
/// The resolved spelling of the response, `200:b@10:h'Content-Length'='10'`.
RequestMatcher HasResponse(TextMatcher const& spec);

/// One of its HTTP/2 frames has this type, in the RFC's spelling: "WINDOW_UPDATE".
RequestMatcher ReceivedFrame(TextMatcher const& type);
/// Its client presented a certificate with this common name.
RequestMatcher HasClientCertificate(TextMatcher const& common_name);

// --- responses ---
ResponseMatcher HasStatus(NumberMatcher const& status);
ResponseMatcher HasReason(TextMatcher const& reason);
ResponseMatcher FailsWith(TextMatcher const& failure);  ///< there is no complete response, for this reason

// --- both ---
MessageMatcher HasHeader(std::string_view name, TextMatcher const& value);  ///< one field of that name, ignoring case
MessageMatcher HasHeader(std::string_view name);                            ///< whatever its value
MessageMatcher HasNoHeader(std::string_view name);
MessageMatcher HasBody(TextMatcher const& body);       ///< decoded, as far as it is kept
MessageMatcher HasRawBytes(TextMatcher const& bytes);  ///< as on the wire, as far as they are kept

// --- WebSocket frames ---
FrameMatcher HasType(TextMatcher const& type);        ///< "text", "binary", "close", "ping", "pong", "continue"
FrameMatcher HasPayload(TextMatcher const& payload);  ///< unmasked, as far as it is kept

// --- both: the TLS connection ---
MessageMatcher HasTlsVersion(TextMatcher const& version);  ///< "TLSv1.3"
MessageMatcher HasSni(TextMatcher const& name);            ///< the name in the ClientHello; "" if none
MessageMatcher HasAlpn(TextMatcher const& protocol);       ///< the negotiated protocol, "h2"; "" if none

}  // namespace pathology::testkit
