// The record of one exchange, and what can be done with it: keep, change, hold back, end.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/flow/id.hpp>
#include <pathology/proxycore/flow/time.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pathology::proxycore::flow {

/// Why an exchange came to no proper end: refused, reset, timed out, killed, malformed. No answer of the protocol is
/// one.
struct Error {
    std::string message;
    Time timestamp{};
    bool operator==(Error const&) const = default;
};

/// What a flow that was killed has as its error.
inline constexpr std::string_view killed_message = "Connection killed.";

/// What addons leave on a flow for each other.
using MetadataValue = std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<std::string>>;
using Metadata = std::map<std::string, MetadataValue, std::less<>>;

/// The part of an exchange that was not fresh but replayed.
enum class Replay { request, response };

/// The common part of all kinds of flow.
///
/// Owns:   its own data; the connections are shared by all flows that use them, and never null.
/// Thread: belongs to the thread of its connection.
class Flow {
public:
    /// What kind this is: "http", "tcp".
    virtual std::string_view type() const = 0;
    virtual ~Flow() = default;

    Id id = Id::make();
    std::shared_ptr<Client> client_conn;
    std::shared_ptr<Server> server_conn;  ///< without timestamp_start as long as it is not used
    std::optional<Error> error{};
    bool live = false;      ///< belongs to a conversation that goes on
    std::string marked{};   ///< a sign for the user's list; empty = none, ":default:" for a plain one
    std::string comment{};  ///< the user's words
    std::optional<Replay> is_replay{};
    Metadata metadata{};
    Time timestamp_created{};

    /// The same content under another id, not live, without backup.
    std::unique_ptr<Flow> copy() const;

    // --- going back ---
    /// Remembers the state as it is now; only the first call does.
    void backup();
    bool has_backup() const { return backup_ != nullptr; }
    /// Whether there is a backup and the state differs from it.
    bool modified() const;
    /// Takes the state of the backup, which is gone then; nothing without one.
    void revert();

    // --- holding back ---
    bool intercepted() const { return intercepted_; }
    /// From the end of the present hook the flow waits for resume() or kill().
    void intercept() { intercepted_ = true; }
    void resume();
    /// Calls `then` once, as soon as the flow is not intercepted any more; at once if it is not.
    void on_resume(std::function<void()> then);

    // --- ending ---
    /// Live and not killed yet.
    bool killable() const;
    /// Ends the exchange: sets the error, lets go of it, and it is live no more.
    /// Errors: throws ControlException when it is not killable().
    void kill(Time now);

protected:
    Flow(std::shared_ptr<Client> client, std::shared_ptr<Server> server, Time created);
    Flow(Flow const& other);
    Flow& operator=(Flow const&) = delete;

    /// A snapshot with the same id.
    virtual std::unique_ptr<Flow> snapshot() const = 0;
    virtual bool same_state(Flow const& other) const;
    virtual void take_state(Flow const& other);

private:
    std::unique_ptr<Flow> backup_;
    std::vector<std::function<void()>> waiting_;
    bool intercepted_ = false;
};

}  // namespace pathology::proxycore::flow
