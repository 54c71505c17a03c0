// A response as a flow records it.
#pragma once

#include <pathology/proxycore/flow/cookies.hpp>
#include <pathology/proxycore/flow/message.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::flow {

class Response : public Message {
public:
    Response() = default;

    /// A response of version 1.1 with these fields, a Content-Length, and the reason of the code table.
    static Response make(unsigned status_code = 200, std::string_view content = {}, http::Fields const& headers = {});
    static Response from_head(http::ResponseHead head);
    http::ResponseHead to_head() const;

    unsigned status_code = 200;
    std::string reason{};  ///< empty for HTTP/2

    /// Every cookie of every Set-Cookie field.
    std::vector<SetCookie> cookies() const;
    /// One Set-Cookie field for each.
    void set_cookies(std::vector<SetCookie> const& cookies);

    friend bool operator==(Response const& a, Response const& b);

    /// See visit.hpp.
    template <class Self, class Visitor> static void visit_members(Self& self, Visitor&& visit) {
        visit_message(self, visit);
        visit("status_code", self.status_code);
        visit("reason", self.reason);
    }
};

/// The reason phrase of the IANA registry; empty for an unknown code.
std::string_view reason_of(unsigned status_code);

}  // namespace pathology::proxycore::flow
