// The C functions that nghttp2 calls, and the options a server gives it.
#pragma once
#include <nghttp2/nghttp2.h>

#include <memory>
#include <pathology/proxycore/http2/server_session.hpp>

namespace pathology::proxycore::http2 {

struct DeleteCallbacks {
    void operator()(nghttp2_session_callbacks* callbacks) const { nghttp2_session_callbacks_del(callbacks); }
};
struct DeleteOption {
    void operator()(nghttp2_option* option) const { nghttp2_option_del(option); }
};

/// Hand everything on to the ServerMachine that is the session's user data.
std::unique_ptr<nghttp2_session_callbacks, DeleteCallbacks> server_callbacks();

std::unique_ptr<nghttp2_option, DeleteOption> server_option(ServerSettings const& settings);

/// Gives a ServerStream's content.
nghttp2_data_provider provider_of(void* stream);

}  // namespace pathology::proxycore::http2
