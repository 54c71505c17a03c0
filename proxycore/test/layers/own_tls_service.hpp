// What the context of a connection needs of TLS, for tests that look into none.
#pragma once

#include "layers/tls/tls_service.hpp"
#include "support/folder.hpp"

namespace pathology::proxycore::layers::test {

/// One for all tests of a program, with an authority of its own.
inline TlsService& own_tls_service() {
    static pathology::test::Folder const folder;
    static TlsService service([] {
        Settings settings;
        settings.tls.confdir = folder.path().string();
        return settings;
    }());
    return service;
}

}  // namespace pathology::proxycore::layers::test
