#include <pathology/proxycore/tunnel/credentials.hpp>

#include "base64.hpp"

namespace pathology::proxycore::tunnel {

// RFC 7617 §2: user-pass = user-id ":" password, in base64.
std::string to_basic(Credentials const& credentials) {
    return "Basic " + encode_base64(credentials.user + ":" + credentials.password);
}

}  // namespace pathology::proxycore::tunnel
