// Certificates whose names are wrong, or unusual.
#include "tls/clinic/case_rows.hpp"

namespace pathology::proxycore::tls {
namespace {

constexpr auto dns = AlternativeName::Kind::dns;

void set_names(CaseMaker& maker, std::string const& name) {
    maker.leaf.common_name = name;
    maker.leaf.names = {{dns, name}};
}

void add_names(CaseMaker& maker, std::size_t count) {
    for (std::size_t i = 1; i < count; ++i)
        maker.leaf.names.push_back({dns, "name-" + std::to_string(i) + "." + maker.parent()});
}

/// The name with a star in place of what is before its last label: `*.localhost`.
std::string starred_last_label(std::string const& host) { return "*" + host.substr(host.rfind('.')); }

CaseRow const name_rows[] = {
    {{"wrong-host", "wrong.host", "it is for another name", "RFC 9525 §6.3", "hostname mismatch"},
     [](CaseMaker& maker) { set_names(maker, "other.pathology.test"); }},
    {{"no-san", "cn-only", "the name is only in the common name", "RFC 9525 §6.3", "hostname mismatch"},
     [](CaseMaker& maker) { maker.leaf.names.clear(); }},
    {{"no-common-name", "", "the subject has no common name", "RFC 5280 §4.1.2.6", "accepted"},
     [](CaseMaker& maker) {
         maker.leaf.common_name.clear();
         maker.leaf.organization = "pathology";
     }},
    {{"no-subject", "", "the subject is empty, the alternative names are critical", "RFC 5280 §4.1.2.6", "accepted"},
     [](CaseMaker& maker) {
         maker.leaf.common_name.clear();
         maker.leaf.critical_names = true;
     }},
    {{"no-subject-not-critical", "", "the subject is empty, the alternative names are not critical",
      "RFC 5280 §4.1.2.6", "accepted", "Subject empty and Subject Alt Name extension not critical"},
     [](CaseMaker& maker) {
         maker.leaf.common_name.clear();
         maker.leaf.critical_names = false;
     }},
    {{"ip-in-dns-san", "", "the alternative name is an address, written as a DNS name", "RFC 5280 §4.2.1.6",
      "hostname mismatch"},
     [](CaseMaker& maker) {
         maker.leaf.names = {{dns, "127.0.0.1"}};
     }},
    {{"ip-only", "", "the alternative name is an address; the server was named", "RFC 9525 §6.3", "hostname mismatch"},
     [](CaseMaker& maker) {
         maker.leaf.names = {{AlternativeName::Kind::ip, "127.0.0.1"}};
     }},
    {{"null-in-name", "", "the alternative name goes on behind a NUL byte", "RFC 5280 §4.2.1.6", "hostname mismatch"},
     [](CaseMaker& maker) {
         maker.leaf.names = {{dns, maker.host() + std::string(1, '\0') + ".other.test"}};
     }},
    {{"wildcard-star", "", "the alternative name is *", "RFC 9525 §6.3", "hostname mismatch"},
     [](CaseMaker& maker) {
         maker.leaf.names = {{dns, "*"}};
     }},
    {{"wildcard-too-wide", "wildcard-tld", "the alternative name is * before the last label", "RFC 9525 §6.3",
      "hostname mismatch"},
     [](CaseMaker& maker) {
         maker.leaf.names = {{dns, starred_last_label(maker.host())}};
     }},
    {{"wildcard-partial", "", "the star stands for a part of the first label", "RFC 9525 §6.3", "hostname mismatch"},
     [](CaseMaker& maker) {
         maker.leaf.names = {{dns, maker.host().substr(0, 1) + "*." + maker.parent()}};
     }},
    {{"wildcard-not-first", "", "the star stands for the last label", "RFC 9525 §6.3", "hostname mismatch"},
     [](CaseMaker& maker) {
         maker.leaf.names = {{dns, maker.host().substr(0, maker.host().rfind('.')) + ".*"}};
     }},
    {{"1000-sans", "", "a thousand alternative names", "RFC 5280 §4.2.1.6", "accepted"},
     [](CaseMaker& maker) { add_names(maker, 1000); }},
    {{"10000-sans", "", "ten thousand alternative names; OpenSSL accepts chains of 100 KiB", "RFC 5280 §4.2.1.6",
      "excessive message size"},
     [](CaseMaker& maker) { add_names(maker, 10'000); }},
};

}  // namespace

std::span<CaseRow const> name_cases() { return name_rows; }

}  // namespace pathology::proxycore::tls
