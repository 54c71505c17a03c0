// The C functions that nghttp2 calls, and the options a session gives it.
#pragma once
#include <nghttp2/nghttp2.h>

#include <memory>
#include <pathology/proxycore/http2/session_settings.hpp>

namespace pathology::proxycore::http2 {

struct DeleteCallbacks {
    void operator()(nghttp2_session_callbacks* callbacks) const { nghttp2_session_callbacks_del(callbacks); }
};
struct DeleteOption {
    void operator()(nghttp2_option* option) const { nghttp2_option_del(option); }
};
using Option = std::unique_ptr<nghttp2_option, DeleteOption>;

/// Hand everything on to the Machine that is the session's user data.
std::unique_ptr<nghttp2_session_callbacks, DeleteCallbacks> session_callbacks();

/// The options that both sides have.
Option session_option(SessionSettings const& settings);

/// Gives a Stream's content.
nghttp2_data_provider provider_of(void* stream);

}  // namespace pathology::proxycore::http2
