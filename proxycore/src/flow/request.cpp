// A request stores its destination (scheme, host, port) apart from its target, since the two differ in most modes:
//
//      form        target on the wire            authority      path        destination from
//      origin      /index.html                   empty          the target  Host field or mode
//      absolute    http://a.test/index.html      a.test         /index.html the target
//      authority   a.test:443 (CONNECT)          a.test:443     empty       the target
//      asterisk    * (OPTIONS)                   empty          *           Host field or mode
//
// first_line_format() derives the form from these members; there is no member for it that could contradict them.

#include <pathology/proxycore/flow/request.hpp>

#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/http/mask.hpp>
#include <utility>

#include <pathology/proxycore/endpoint.hpp>
#include "flow/destination.hpp"

namespace pathology::proxycore::flow {
namespace {

using http::TargetForm;
using Outcome = boost::system::result<Request, UrlFailure>;

/// What stands between `://` and the path, as sent.
std::string authority_of(std::string_view absolute) {
    absolute.remove_prefix(absolute.find("://") + 3);
    return std::string(absolute.substr(0, absolute.find_first_of("/?#")));
}

/// The default port, also of the schemes of WebSocket (RFC 6455 §3).
std::optional<std::uint16_t> port_of(std::string_view scheme) {
    if (scheme == "ws") return default_port("http");
    return default_port(scheme == "wss" ? "https" : scheme);
}

UrlFailure bad_target(std::string_view target) {
    return {UrlErrc::bad_target, "no request target that the proxy can forward: " + http::quoted(target), 0};
}

}  // namespace

Outcome Request::make(std::string_view method, std::string_view url, std::string_view content,
                      http::Fields const& headers) {
    Request request;
    request.raw_method = method;
    if (auto set = request.set_url(url); set.has_error()) return set.error();
    request.headers = headers;
    request.set_content(content);
    return request;
}

Outcome Request::from_head(http::RequestHead const& head) {
    auto const target = http::parse_target(head.target);
    if (target.form == TargetForm::none) return bad_target(head.target);
    Request request;
    request.raw_method = head.method;
    request.http_version = head.version;
    request.headers = head.fields;
    request.scheme_ = ascii::lowered(target.scheme);
    request.host_ = target.host;
    request.path = target.form == TargetForm::asterisk ? "*" : std::string(target.path);
    auto const port = target.port.empty() ? port_of(request.scheme_) : parse_port(target.port);
    if (target.form == TargetForm::absolute) {
        if (!port) return bad_target(head.target);
        request.authority = authority_of(head.target);
        // RFC 9112 §3.2.4: an OPTIONS request without a path is about the server, for whom the target is `*`.
        if (head.method == "OPTIONS" && head.target.ends_with("://" + request.authority)) request.path = "*";
    } else if (target.form == TargetForm::authority) {
        request.authority = head.target;
    }
    request.port_ = port.value_or(0);
    return request;
}

Request Request::of_refused(http::RequestHead const& head, std::string_view line) {
    auto const target = http::parse_target(head.target);
    Request request;
    request.raw_method = head.method;
    if (head.method.empty()) request.raw_line = line;
    request.http_version = head.version;
    request.headers = head.fields;
    request.path = target.form == TargetForm::absolute ? target.path : std::string_view(head.target);
    request.set_destination(target.scheme, {std::string(target.host), parse_port(target.port).value_or(0)});
    if (target.form == TargetForm::absolute) request.authority = authority_of(head.target);
    if (head.method == "CONNECT") request.authority = std::exchange(request.path, "");
    return request;
}

http::RequestHead Request::to_head() const {
    http::RequestHead head{raw_method, path, http_version, headers};
    auto const form = first_line_format();
    // The member `path` is already the target of origin-form and asterisk-form.
    if (form == TargetForm::authority) head.target = authority.empty() ? url() : authority;
    // `OPTIONS *` in absolute-form has an empty path (RFC 9112 §3.2.4).
    if (form == TargetForm::absolute) head.target = scheme_ + "://" + authority + (path == "*" ? "" : path);
    return head;
}

std::string Request::method() const { return ascii::uppered(raw_method); }

TargetForm Request::first_line_format() const {
    if (http::equals_ignoring_case(raw_method, "CONNECT")) return TargetForm::authority;
    if (!authority.empty()) return TargetForm::absolute;
    return path == "*" ? TargetForm::asterisk : TargetForm::origin;
}

// --- where it goes ---------------------------------------------------------------------------------------------------

void Request::set_scheme(std::string_view scheme) { scheme_ = scheme; }

void Request::set_host(std::string_view host) {
    host_ = host;
    update_host_header();
}

void Request::set_port(std::uint16_t port) {
    port_ = port;
    update_host_header();
}

// Unlike set_host(), this leaves the message as it is: the connection goes to `address`, the Host field stays.
void Request::set_destination(std::string_view scheme, Endpoint const& address) {
    scheme_ = scheme;
    host_ = address.host;
    port_ = address.port;
}

void Request::update_host_header() {
    // An existing name is updated, a missing one is not added: a request without Host stays such a request.
    auto const value = host_and_port(scheme_, host_, port_);
    if (headers.contains("host")) headers.set("host", value);
    if (!authority.empty()) authority = value;
}

std::optional<std::string> Request::host_header() const {
    auto const text = host_header_of(*this);
    return text ? std::optional<std::string>(*text) : std::nullopt;
}

void Request::set_host_header(std::string_view value) {
    if (http_version.major >= 2) authority = value;
    if (http_version.major < 2 || headers.contains("host")) headers.set("Host", value);
}

std::string Request::pretty_host() const { return std::string(pretty_host_of(*this)); }

std::string Request::url() const {
    if (host_.empty()) return {};
    if (first_line_format() == TargetForm::authority) return to_string(Endpoint{host_, port_});
    return flow::to_string(Url{scheme_, host_, port_, path == "*" ? "" : path});
}

std::string Request::pretty_url() const {
    std::string text;
    append_pretty_url(text, *this);
    return text;
}

boost::system::result<void, UrlFailure> Request::set_url(std::string_view url) {
    auto parsed = parse_url(url);
    if (parsed.has_error()) return parsed.error();
    scheme_ = parsed->scheme;
    host_ = parsed->host;
    port_ = parsed->port;
    path = parsed->path;
    update_host_header();
    return {};
}

bool Request::is_secret(std::string_view field) const {
    for (std::string_view names = secret_field; !names.empty();)
        if (http::equals_ignoring_case(ascii::trimmed(ascii::take_until(names, ',')), field)) return true;
    return false;
}

void Request::add_secret(std::string_view field) {
    if (is_secret(field)) return;
    if (!secret_field.empty()) secret_field += ", ";
    secret_field += field;
}

http::Fields Request::shown_fields() const {
    auto fields = headers;
    for (std::string_view names = secret_field; !names.empty();) {
        auto const name = ascii::trimmed(ascii::take_until(names, ','));
        if (auto const value = fields.first(name)) fields.set(name, http::mask_credentials(*value));
    }
    return fields;
}

// --- all of it -------------------------------------------------------------------------------------------------------

std::size_t Request::replace(pattern::Pattern const& pattern, std::string_view text) {
    auto changed = path;
    auto const count = pattern.replace_in(changed, text).value() + Message::replace(pattern, text);
    path = std::move(changed);
    return count;
}

bool operator==(Request const& a, Request const& b) {
    return a.same_message(b) && a.raw_method == b.raw_method && a.raw_line == b.raw_line && a.scheme_ == b.scheme_ &&
           a.host_ == b.host_ && a.port_ == b.port_ && a.authority == b.authority && a.path == b.path;
}

}  // namespace pathology::proxycore::flow
