// What makes the length of a message doubtful, beyond what readers refuse (P12). Two programs that read such a message
// each in its own way can be led to see different messages in the same bytes.
#pragma once

#include <optional>
#include <pathology/proxycore/http/message.hpp>
#include <string>

namespace pathology::proxycore::layers {

/// What is wrong with its fields, in words; nothing when all is well.
std::optional<std::string> find_doubtful_framing(http::RequestHead const& head);
std::optional<std::string> find_doubtful_framing(http::ResponseHead const& head);

}  // namespace pathology::proxycore::layers
