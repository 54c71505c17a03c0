// `--clinic`: the list of the server names that get a wrong certificate or handshake.
#include <algorithm>
#include <pathology/proxycore/tls/clinic.hpp>
#include <ranges>
#include <string>

#include "program/run.hpp"

namespace pathology::pathod {
namespace {

namespace tls = proxycore::tls;

std::string padded(std::string_view text, std::size_t width) {
    return std::string(text) + std::string(width - std::min(width, text.size()) + 2, ' ');
}

template <class Text> std::size_t width_of(Text text) {
    auto const& cases = tls::clinic_cases();
    return std::ranges::max(cases | std::views::transform([&](auto const& one) { return text(one).size(); }));
}

std::string labels_of(tls::ClinicCase const& one) {
    return std::string(one.label) + (one.alias.empty() ? "" : ", " + std::string(one.alias));
}

std::string fault_of(tls::ClinicCase const& one) {
    return std::string(one.fault) + (one.source.empty() ? "" : " (" + std::string(one.source) + ")");
}

}  // namespace

proxycore::console::ExitCode show_clinic(proxycore::console::Console& console) {
    auto const labels = width_of(labels_of);
    auto const verdicts = width_of([](auto const& one) { return one.verdict; });
    for (auto const& one : tls::clinic_cases())
        console.out(padded(labels_of(one), labels) + padded(one.verdict, verdicts) + fault_of(one) + "\n");
    return proxycore::console::ExitCode::done;
}

}  // namespace pathology::pathod
