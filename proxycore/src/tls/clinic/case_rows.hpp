// The rows of the clinic, by subject. Each has the words of a case and the code that makes its fault.
#pragma once

#include <chrono>
#include <pathology/proxycore/tls/clinic.hpp>
#include <span>

#include "tls/clinic/case_maker.hpp"

namespace pathology::proxycore::tls {

inline constexpr std::chrono::hours day{24};

struct CaseRow {
    ClinicCase about;
    void (*change)(CaseMaker& maker) = nullptr;  ///< of the certificates; nullptr = a good one
    HandshakeSettings (*settings)() = nullptr;   ///< of the handshake; nullptr = the usual ones
};

std::span<CaseRow const> validity_cases();    ///< time and encoding of the certificate
std::span<CaseRow const> name_cases();        ///< subject and alternative names
std::span<CaseRow const> usage_cases();       ///< key usage and other extensions
std::span<CaseRow const> key_cases();         ///< keys and digests
std::span<CaseRow const> chain_cases();       ///< authorities and the order of the chain
std::span<CaseRow const> revocation_cases();  ///< stapled OCSP responses
std::span<CaseRow const> handshake_cases();   ///< versions, ciphers, ALPN, alerts

}  // namespace pathology::proxycore::tls
