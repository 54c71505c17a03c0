// What --strict refuses, as RFC 9110, 9112 and 9113 want it, and the status of the response.
//
//     HTTP/1   bytes ─▶ reader with leniency_of() ─▶ head ─▶ judge() ─▶ response
//                         └─ failure ─▶ rejection_of()   └─ Rejection
//     HTTP/2   bytes ─▶ session (resets what is malformed) ─▶ head ─▶ judge() ─▶ response
#pragma once

#include <optional>
#include <pathology/pathod/options.hpp>
#include <pathology/proxycore/http1/failure.hpp>
#include <pathology/proxycore/http1/reader.hpp>
#include <pathology/proxycore/http2/message.hpp>
#include <string>

namespace pathology::pathod {

/// Why a request is not served, and the status of the response that says so.
struct Rejection {
    unsigned status = 400;
    std::string message;
};

/// What the reader of HTTP/1 accepts: with --strict what RFC 9112 allows, else what the original accepted.
proxycore::http1::Leniency leniency_of(DaemonOptions const& options);

/// The rejection of bytes that the reader refuses.
Rejection rejection_of(proxycore::http1::Failure const& failure);

/// Judges the head that the reader has accepted: codings that are not implemented, and a missing length.
std::optional<Rejection> judge(proxycore::http::RequestHead const& head);

/// Judges a head that the session has accepted: its size, which the limit `max_header` bounds, its target and authority.
std::optional<Rejection> judge(proxycore::http2::Request const& request, std::size_t max_header);

}  // namespace pathology::pathod
