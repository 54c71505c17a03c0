// What RFC 9112 demands of a head beyond its grammar, one function for each subject.
#pragma once
#include <optional>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/http1/failure.hpp>
#include <pathology/proxycore/http1/settings.hpp>
#include <string_view>

#include "http1/describe.hpp"
#include "http1/grammar.hpp"

namespace pathology::proxycore::http1 {

/// A broken rule, and the name of the field that breaks it; empty for the start line.
struct Breach {
    Errc code;
    std::string_view field;
};

/// The request target has a form, and one that goes with the method (§3.2).
std::optional<Breach> check_target(http::RequestHead const& head, Leniency const& leniency);
/// One Host, and a good one (§3.2).
std::optional<Breach> check_host(http::RequestHead const& head, Facts const& facts, Leniency const& leniency);
/// Content-Length and Transfer-Encoding leave one reading of where the body ends (§6.1, §6.3).
std::optional<Breach> check_framing(http::Fields const& fields, http::Version version, Grammar const& grammar,
                                    Kind kind);

}  // namespace pathology::proxycore::http1
