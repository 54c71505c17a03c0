// The matchers over what a message came over: TLS, and the frames of HTTP/2.

#include <pathology/proxycore/http2/names.hpp>

#include "check.hpp"

namespace pathology::testkit {
namespace {

using proxycore::record::RecordedTls;
using testing::MatchResultListener;

class TlsCheck : public MessageMatcher::Check {
public:
    using Property = std::string RecordedTls::*;

    /// `what` is a noun with its article.
    TlsCheck(std::string_view what, Property property, TextMatcher text)
        : what_(what), property_(property), text_(std::move(text)) {}

    bool matches(Message const& message, MatchResultListener& listener) const override {
        if (message.tls == nullptr) {
            listener << "which came over no TLS";
            return false;
        }
        auto const& value = message.tls->*property_;
        listener << "which came with " << what_ << " " << testing::PrintToString(value);
        return text_.Matches(value);
    }
    std::string description(bool negated) const override {
        return "came with " + what_ + " that " + testkit::description(text_, negated);
    }

private:
    std::string what_;
    Property property_;
    TextMatcher text_;
};

MessageMatcher tls_matcher(std::string_view what, TlsCheck::Property property, TextMatcher const& text) {
    return MessageMatcher(std::make_shared<TlsCheck>(what, property, text));
}

class ClientCertificateMatcher : public testing::MatcherInterface<Request const&> {
public:
    explicit ClientCertificateMatcher(TextMatcher common_name) : common_name_(std::move(common_name)) {}

    bool MatchAndExplain(Request const& request, MatchResultListener* listener) const override {
        if (!request.tls || !request.tls->client_certificate) {
            *listener << "whose client showed no certificate";
            return false;
        }
        auto const& certificate = *request.tls->client_certificate;
        *listener << "whose client showed a certificate of " << certificate.subject;
        return common_name_.Matches(certificate.common_name);
    }
    void DescribeTo(std::ostream* out) const override {
        *out << "has a client certificate whose common name " << description(common_name_, false);
    }
    void DescribeNegationTo(std::ostream* out) const override {
        *out << "has no client certificate whose common name " << description(common_name_, false);
    }

private:
    TextMatcher common_name_;
};

class FrameTypeMatcher : public testing::MatcherInterface<Request const&> {
public:
    explicit FrameTypeMatcher(TextMatcher type) : type_(std::move(type)) {}

    bool MatchAndExplain(Request const& request, MatchResultListener* listener) const override {
        if (!request.stream) *listener << "which came by " << request.http_version;
        bool found = false;
        for (std::size_t i = 0; i < request.frames.size(); ++i) {
            auto const name = proxycore::http2::name(proxycore::http2::FrameType{request.frames[i].type});
            *listener << (i == 0 ? "whose frames are " : ", ") << name;
            found = found || type_.Matches(name);
        }
        return found;
    }
    void DescribeTo(std::ostream* out) const override {
        *out << "has an HTTP/2 frame whose type " << description(type_, false);
    }
    void DescribeNegationTo(std::ostream* out) const override {
        *out << "has no HTTP/2 frame whose type " << description(type_, false);
    }

private:
    TextMatcher type_;
};

}  // namespace

MessageMatcher HasTlsVersion(TextMatcher const& version) {
    return tls_matcher("a TLS version", &RecordedTls::version, version);
}

MessageMatcher HasSni(TextMatcher const& name) { return tls_matcher("an SNI", &RecordedTls::sni, name); }

MessageMatcher HasAlpn(TextMatcher const& protocol) { return tls_matcher("an ALPN", &RecordedTls::alpn, protocol); }

RequestMatcher HasClientCertificate(TextMatcher const& common_name) {
    return RequestMatcher(testing::MakeMatcher(new ClientCertificateMatcher(common_name)));
}

RequestMatcher ReceivedFrame(TextMatcher const& type) {
    return RequestMatcher(testing::MakeMatcher(new FrameTypeMatcher(type)));
}

}  // namespace pathology::testkit
