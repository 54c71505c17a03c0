// A request as a flow records it, and properties that are computed from it.
#pragma once

#include <cstdint>
#include <pathology/proxycore/endpoint.hpp>
#include <pathology/proxycore/flow/cookies.hpp>
#include <pathology/proxycore/flow/message.hpp>
#include <pathology/proxycore/flow/url.hpp>
#include <pathology/proxycore/http/target.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::flow {

/// The target in parts: scheme, host and port are the destination, `authority` is what the client wrote. Setting host
/// or port updates the Host field and the authority, if they are present.
class Request : public Message {
public:
    Request() = default;

    /// A request of version 1.1 with these fields and a Content-Length; Host is added when it is written.
    /// Errors: the URL's.
    static boost::system::result<Request, UrlFailure> make(std::string_view method, std::string_view url,
                                                           std::string_view content = {},
                                                           http::Fields const& headers = {});
    /// From the head that a codec read. With an origin-form the destination is not known yet: scheme and host stay
    /// empty.
    /// Errors: the target has none of the four forms.
    static boost::system::result<Request, UrlFailure> from_head(http::RequestHead const& head);
    /// The record of a request that is refused because of its head: what the client did not send stays empty, and the
    /// port 0. `line` is the request line as sent, which is kept if it could not be parsed (an empty method).
    static Request of_refused(http::RequestHead const& head, std::string_view line);
    /// What to write, in the form of first_line_format().
    http::RequestHead to_head() const;

    /// In upper case; raw_method as sent.
    std::string method() const;
    std::string raw_method = "GET";
    /// The request line as sent, if it is not a valid one; method, target and version are unknown then. Empty otherwise.
    std::string raw_line{};
    std::string path = "/";   ///< with the query; `*` for the asterisk-form; empty for CONNECT
    std::string authority{};  ///< of an absolute- or authority-form, or `:authority`; empty without

    /// The name of a field to which the proxy has set credentials of its own, or in which the client sent some for the
    /// proxy; several are separated by commas. Outputs mask their values, see shown_fields(). Empty if there is none.
    std::string secret_field{};
    /// Whether `secret_field` has this name.
    bool is_secret(std::string_view field) const;
    /// Adds a name to `secret_field`, unless it is there.
    void add_secret(std::string_view field);

    std::string const& scheme() const { return scheme_; }
    std::string const& host() const { return host_; }
    std::uint16_t port() const { return port_; }
    void set_scheme(std::string_view scheme);
    void set_host(std::string_view host);
    void set_port(std::uint16_t port);
    /// Sets scheme, host and port only; the Host field and the authority stay as the client wrote them.
    void set_destination(std::string_view scheme, Endpoint const& address);

    /// authority for CONNECT, absolute when there is an authority, else origin or asterisk.
    http::TargetForm first_line_format() const;

    /// Host field or authority, whichever the version puts first.
    std::optional<std::string> host_header() const;
    void set_host_header(std::string_view value);
    /// The host of host_header(), or host() without one. Clients may forge it.
    std::string pretty_host() const;

    std::string url() const;  ///< `host:port` for CONNECT; empty while the server is unknown
    /// As url(), with host and port of the host_header().
    std::string pretty_url() const;
    /// Sets scheme, host, port and path.
    boost::system::result<void, UrlFailure> set_url(std::string_view url);

    MultiDictView query();
    MultiDict query() const;
    /// The segments of the path, decoded.
    std::vector<std::string> path_components() const { return flow::path_components(path); }
    void set_path_components(std::vector<std::string> const& components);

    MultiDictView cookies();
    MultiDict cookies() const;

    /// Empty unless Content-Type is that of such a form; writing sets it.
    MultiDictView urlencoded_form();
    MultiDict urlencoded_form() const;
    MultiDictView multipart_form();
    MultiDict multipart_form() const;

    /// Removes the fields that would make a server respond 304.
    void anticache();
    /// Asks for content without coding.
    void anticomp();
    /// Asks for no coding that cannot be decoded here.
    void constrain_encoding();

    std::size_t replace(pattern::Pattern const& pattern, std::string_view text);  ///< in path, fields and content

    friend bool operator==(Request const& a, Request const& b);

    /// The fields for an output: as they are, but for the credentials in `secret_field`.
    http::Fields shown_fields() const;

    /// See visit.hpp.
    template <class Self, class Visitor> static void visit_members(Self& self, Visitor&& visit) {
        visit_message(self, visit);
        visit("secret_field", self.secret_field);
        visit("method", self.raw_method);
        visit("raw_line", self.raw_line);
        visit("scheme", self.scheme_);
        visit("host", self.host_);
        visit("port", self.port_);
        visit("path", self.path);
        visit("authority", self.authority);
    }

private:
    void update_host_header();

    std::string scheme_ = "http";
    std::string host_;
    std::uint16_t port_ = 80;
};

}  // namespace pathology::proxycore::flow
