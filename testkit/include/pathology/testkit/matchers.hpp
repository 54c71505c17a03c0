// GoogleMock matchers over requests, replies and frames. Each takes a value or a matcher: HasHeader("Host",
// StartsWith("a")).
//
//     EXPECT_THAT(daemon.take_request(2s), Optional(AllOf(HasMethod("PUT"), HasBody("x"), IsOnConnection(0))));
//     EXPECT_THAT(client.request("get:/"), AllOf(HasStatus(404), HasHeader("Location", "/x")));
//
// A reply that never came whole matches FailsWith and HasRawBytes only; the others say why it failed.
#pragma once

#include <gmock/gmock.h>

#include <cstdint>
#include <pathology/testkit/frame.hpp>
#include <pathology/testkit/message_matcher.hpp>
#include <pathology/testkit/reply.hpp>
#include <pathology/testkit/request.hpp>
#include <pathology/testkit/subject_matcher.hpp>
#include <string>
#include <string_view>

namespace pathology::testkit {

using TextMatcher = testing::Matcher<std::string const&>;
using NumberMatcher = testing::Matcher<std::uint64_t const&>;
using RequestMatcher = SubjectMatcher<Request>;
using ReplyMatcher = SubjectMatcher<Reply>;
using FrameMatcher = SubjectMatcher<Frame>;

// --- requests ---
RequestMatcher HasMethod(TextMatcher const& method);
RequestMatcher HasTarget(TextMatcher const& target);             ///< the request target as sent (RFC 9112 §3.2)
RequestMatcher HasPath(TextMatcher const& path);                 ///< path and query, also of a request to a proxy
RequestMatcher IsOnConnection(NumberMatcher const& connection);  ///< connections count up from 0
RequestMatcher HasIndex(NumberMatcher const& index);             ///< its number on its connection, from 0

/// The answer is what `spec` says: what resolve() adds need not be written, and where `spec` leaves an offset to
/// chance, any will do. Files are not looked at.
RequestMatcher AnsweredBy(std::string_view spec);
/// The resolved spelling of the answer, `200:b@10:h'Content-Length'='10'`.
RequestMatcher HasAnswer(TextMatcher const& spec);

/// Among the HTTP/2 frames that belong to it is one of this type, in the RFC's spelling: "WINDOW_UPDATE".
RequestMatcher ReceivedFrame(TextMatcher const& type);
/// Its client showed a certificate of this common name.
RequestMatcher HasClientCertificate(TextMatcher const& common_name);

// --- replies ---
ReplyMatcher HasStatus(NumberMatcher const& status);
ReplyMatcher HasReason(TextMatcher const& reason);
ReplyMatcher FailsWith(TextMatcher const& failure);  ///< there is no whole reply, for this reason

// --- both ---
MessageMatcher HasHeader(std::string_view name, TextMatcher const& value);  ///< one line of that name, in any case
MessageMatcher HasHeader(std::string_view name);                            ///< whatever its value
MessageMatcher HasNoHeader(std::string_view name);
MessageMatcher HasBody(TextMatcher const& body);       ///< decoded, as many bytes as are kept
MessageMatcher HasRawBytes(TextMatcher const& bytes);  ///< as on the wire, as many as are kept

// --- WebSocket frames ---
FrameMatcher HasType(TextMatcher const& type);        ///< "text", "binary", "close", "ping", "pong", "continue"
FrameMatcher HasPayload(TextMatcher const& payload);  ///< unmasked, as many bytes as are kept

// --- both, of the TLS connection it came over ---
MessageMatcher HasTlsVersion(TextMatcher const& version);  ///< "TLSv1.3"
MessageMatcher HasSni(TextMatcher const& name);            ///< the name the client asked for; "" when it named none
MessageMatcher HasAlpn(TextMatcher const& protocol);       ///< what was agreed on, "h2"; "" when nothing was

}  // namespace pathology::testkit
