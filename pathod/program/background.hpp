// Going to the background: a second process does the work, the first one tells how its start went.
#pragma once

#include <optional>

namespace pathology::pathod {

/// Used in this order, before any thread is made: enter(), then the child alone goes on and calls detach() once it
/// works, or report() when it could not. Without enter() the others do nothing.
class Background {
public:
    Background() = default;
    ~Background();
    Background(Background const&) = delete;
    Background& operator=(Background const&) = delete;

    /// Makes the second process. The first one waits here for its start and gets the exit status to end with; the
    /// second one gets nothing. A status of 1 in the first one: no process could be made.
    std::optional<int> enter();

    /// Tells the waiting process that all is well, and lets go of its terminal.
    void detach();

    /// Tells the waiting process which status to end with; does nothing after detach().
    void report(int status);

private:
    int to_parent_ = -1;
};

}  // namespace pathology::pathod
