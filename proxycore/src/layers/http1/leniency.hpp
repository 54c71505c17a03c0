// How odd the messages may be that the proxy takes.
#pragma once

#include <pathology/proxycore/http1/settings.hpp>
#include <pathology/proxycore/layers/settings.hpp>

namespace pathology::proxycore::layers {

/// What is harmless is passed on: a proxy that is to show traffic sees more than a server of the RFC would take. What
/// makes the length of a message doubtful is refused, unless the settings say otherwise (P12).
inline http1::Leniency leniency_of(HttpSettings const& settings) {
    http1::Leniency leniency;
    if (!settings.validate_inbound_headers) {
        leniency = http1::Leniency::all();
        leniency.any_framing = true;
    }
    leniency.any_host = leniency.any_target = leniency.odd_status = leniency.line_folding = true;
    return leniency;
}

}  // namespace pathology::proxycore::layers
