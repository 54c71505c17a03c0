// Sets the trusted authorities of a context.
#pragma once

#include <filesystem>
#include <pathology/proxycore/tls/context.hpp>

#include "tls/openssl.hpp"

namespace pathology::proxycore::tls {

/// Errors: Errc::bad_certificate_file naming the file or folder.
Result<void> set_trust(SSL_CTX* ctx, Trust const& trust);

/// Returns true if `openssl rehash` has prepared a folder: certificates have names such as `5d3033c5.0` there.
bool is_rehashed(std::filesystem::path const& folder);

}  // namespace pathology::proxycore::tls
