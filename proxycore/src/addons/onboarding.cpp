#include "addons/onboarding.hpp"

#include <pathology/proxycore/addons/host.hpp>
#include <pathology/proxycore/http/fields.hpp>

namespace pathology::proxycore::addons {
namespace {

// --- the page ---

constexpr std::string_view head = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trust this proxy</title>
<style>
body { font: 16px/1.5 sans-serif; max-width: 44em; margin: 2em auto; padding: 0 1em; color: #222; background: #fff }
a { color: #0645ad } code { font-size: 90%; word-break: break-all }
table { border-collapse: collapse } td, th { text-align: left; vertical-align: top; padding: .4em 1em .4em 0 }
tr + tr { border-top: 1px solid #ccc }
</style>
</head>
<body>
<h1>Trust this proxy</h1>
<p>You see this page because your traffic passes through pathop. It can show you what is sent over HTTPS once this
device trusts its certificate authority.</p>
<table>
)html";

struct Platform {
    std::string_view name, form, what_then;
};
constexpr Platform platforms[] = {
    {"Linux", "pem",
     "Debian: save it as <code>/usr/local/share/ca-certificates/pathop.crt</code>, then "
     "<code>update-ca-certificates</code>."},
    {"macOS", "pem", "Open it, choose the keychain <i>System</i>, and trust it for SSL there."},
    {"Windows", "p12", "Open it, and choose <i>Trusted Root Certification Authorities</i>. There is no password."},
    {"iOS", "pem",
     "Install the profile in the settings, then switch it on under <i>General, About, Certificate Trust "
     "Settings</i>."},
    {"Android", "cer", "In the settings: <i>Security, Encryption &amp; credentials, Install a certificate, CA</i>."},
    {"Firefox", "pem", "Settings, <i>Certificates, View Certificates, Authorities, Import</i>."},
};

constexpr std::string_view tail = R"html(</code></p>
<p>Whoever runs this proxy can read and change all that this device sends to any site. Trust it while you test, and
remove it afterwards.</p>
</body>
</html>
)html";

std::string row_of(Platform const& platform) {
    std::string row = "<tr><th>";
    row.append(platform.name).append("</th><td><a href=\"/cert/").append(platform.form);
    row.append("\">Certificate (").append(platform.form).append(")</a></td><td>").append(platform.what_then);
    return row.append("</td></tr>\n");
}

/// HTML with a link to each form of the certificate. `fingerprint` is its SHA-256, by which a person may compare it.
std::string onboarding_page(std::string_view fingerprint) {
    std::string page(head);
    for (auto const& platform : platforms) page += row_of(platform);
    page.append("</table>\n<p>SHA-256 of the certificate: <code>").append(fingerprint).append(tail);
    return page;
}

// --- the files ---

flow::Response file(std::string_view content, std::string_view type, std::string const& name) {
    return flow::Response::make(200, content,
                                {{"Content-Type", type}, {"Content-Disposition", "attachment; filename=" + name}});
}

flow::Response respond(std::string_view path, tls::Authority const& authority) {
    path = path.substr(0, path.find('?'));
    auto const name = authority.name() + "-ca-cert.";
    if (path == "/") {
        auto const page = onboarding_page(authority.certificate().sha256());
        return flow::Response::make(200, page, {{"Content-Type", "text/html; charset=utf-8"}});
    }
    if (path == "/cert/pem") return file(authority.certificate_pem(), "application/x-x509-ca-cert", name + "pem");
    if (path == "/cert/cer") return file(authority.certificate_pem(), "application/x-x509-ca-cert", name + "cer");
    if (path == "/cert/p12") return file(authority.certificate_p12(), "application/x-pkcs12", name + "p12");
    return flow::Response::make(404, "There is no such page here; / has links to all.\n",
                                {{"Content-Type", "text/plain"}});
}

}  // namespace

void Onboarding::load(Host& host) {
    host.option("onboarding", is_on_, "Serve a site from which clients download the certificate of the authority.");
    host.option("onboarding_host", host_, "Host of that site: a name or an address.");
}

bool Onboarding::is_ours(std::string_view host) const {
    return is_on_ && !host_.empty() && http::equals_ignoring_case(host, host_);
}

/// Sets an error, so that no connection to a server of that name is opened for its certificate: the name does not
/// exist, or belongs to someone else.
asio::awaitable<void> Onboarding::tls_clienthello(ClientHelloData& data) {
    auto const& address = data.server.address();
    bool const is_meant = is_ours(data.hello.sni) || (address && is_ours(address->host));
    if (is_meant) data.server.error = host_ + " is a site of this proxy, and not on the network";
    co_return;
}

bool Onboarding::ignores(Hook hook, flow::HttpFlow const& flow) const noexcept {
    if (hook != Hook::request) return false;
    return !flow.live || flow.response || flow.error || !is_ours(flow.request.pretty_host());
}

asio::awaitable<void> Onboarding::request(flow::HttpFlow& flow) {
    flow.response = respond(flow.request.path, authority_());
    co_return;
}

}  // namespace pathology::proxycore::addons
