// What a coroutine throws that was cancelled.
#pragma once

#include <exception>

namespace pathology::proxycore::async {

/// Whether it is that: operation_aborted, which is nobody's fault. Of several exceptions at once, as those of
/// coroutines joined by `&&`, the first one counts; nothing is known of the others.
bool is_cancellation(std::exception_ptr const& thrown);

}  // namespace pathology::proxycore::async
