// What a cancelled coroutine throws.
#pragma once

#include <exception>

namespace pathology::proxycore::async {

/// Returns true if `thrown` is operation_aborted, which a cancelled coroutine throws: not an error to report. Of several
/// exceptions, as coroutines joined by `&&` throw them, the first one decides.
bool is_cancellation(std::exception_ptr const& thrown);

}  // namespace pathology::proxycore::async
