#include "tls/openssl.hpp"

#include <openssl/err.h>

#include <limits>

namespace pathology::proxycore::tls {

BioPtr reader_of(std::string_view text) {
    auto const size = std::min<std::size_t>(text.size(), std::numeric_limits<int>::max());
    return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(size)));
}

BioPtr collector() { return BioPtr(BIO_new(BIO_s_mem())); }

std::string collected(BIO* bio) {
    char* data = nullptr;
    auto const size = BIO_get_mem_data(bio, &data);
    return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

std::string take_reason() {
    auto const code = ERR_get_error();
    ERR_clear_error();
    if (code == 0) return {};
    auto const* reason = ERR_reason_error_string(code);
    return reason != nullptr ? reason : "error " + std::to_string(code);
}

Failure failure(error_code code, std::string message, std::string reason) {
    Failure made;
    made.code = code;
    made.message = std::move(message);
    made.reason = std::move(reason);
    return made;
}

}  // namespace pathology::proxycore::tls
