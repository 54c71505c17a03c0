// Running in the background: a child process serves, the parent exits with the result of its start.
#pragma once

#include <optional>

namespace pathology::pathod {

/// Call enter() before any thread is started. The child then calls detach() once it serves, or report() if it failed.
/// Without enter(), the other functions do nothing.
///
///   parent: enter() ── fork ── waits ──────────── exit(status)
///   child:               └─ starts ── detach() ──┘ or report(status)
class Background {
public:
    Background() = default;
    ~Background();
    Background(Background const&) = delete;
    Background& operator=(Background const&) = delete;

    /// Forks. In the parent, waits until the child has started and returns the exit status: 1 if fork() failed. In the
    /// child, returns std::nullopt.
    std::optional<int> enter();

    /// Reports success to the parent, and closes the standard streams.
    void detach();

    /// Reports an exit status to the parent; does nothing after detach().
    void report(int status);

private:
    int to_parent_ = -1;
};

}  // namespace pathology::pathod
