#include "addons/onboarding_page.hpp"

namespace pathology::proxycore::addons {
namespace {

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
<p>You see this page because your traffic passes through pathop. It can show you what is said over HTTPS once this
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
<p>Whoever runs this proxy can read and change all that this device says to any site. Trust it while you test, and
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

}  // namespace

std::string onboarding_page(std::string_view fingerprint) {
    std::string page(head);
    for (auto const& platform : platforms) page += row_of(platform);
    page.append("</table>\n<p>SHA-256 of the certificate: <code>").append(fingerprint).append(tail);
    return page;
}

}  // namespace pathology::proxycore::addons
