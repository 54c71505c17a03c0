// The record of one exchange, and what can be done with it: keep, change, hold, kill.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <pathology/proxycore/flow/attachments.hpp>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/flow/id.hpp>
#include <pathology/proxycore/flow/time.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pathology::proxycore::flow {

/// Why an exchange failed: refused, reset, timed out, killed, malformed. A response of the protocol, such as 500, is
/// not an error.
struct Error {
    std::string message;
    Time timestamp{};
    bool operator==(Error const&) const = default;

    /// See visit.hpp.
    template <class Self, class Visitor> static void visit_members(Self& self, Visitor&& visit) {
        visit("message", self.message);
        visit("timestamp", self.timestamp);
    }
};

/// The error of a flow that was killed.
inline constexpr std::string_view killed_message = "Connection killed.";

/// Values that addons leave on a flow for each other.
using MetadataValue = std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<std::string>>;
using Metadata = std::map<std::string, MetadataValue, std::less<>>;

/// The part of an exchange that was replayed.
enum class Replay { request, response };

/// The common part of all kinds of flow.
///
/// Owns:   its own data, and its record of the server connection; `client_conn` is shared by all flows of the client.
///         Neither is null.
/// Shared: a flow of the proxy is owned by std::shared_ptr; shared_from_this() keeps it beyond its hooks and its
///         connection. One on the stack, as tests have, is owned by nobody else: weak_from_this() is empty.
/// Thread: read and changed on its loop alone. Elsewhere, keep the pointer and post to `loop`.
class Flow : public std::enable_shared_from_this<Flow> {
public:
    /// "http" or "tcp".
    virtual std::string_view type() const = 0;
    virtual ~Flow();

    Id id;
    /// Counts the flows of a proxy from 1, in the order in which they began; 0 if no registry numbered it.
    std::uint64_t number = 0;
    /// Where its conversation runs; set before the first hook, then constant. Empty for a flow without a conversation.
    boost::asio::any_io_executor loop{};
    std::shared_ptr<Client> client_conn;
    /// The record of the flow alone: what hooks change in it, other flows of the connection do not see. It has no
    /// timestamp_start until a connection is chosen, and shows the connection as it was then.
    std::shared_ptr<Server> server_conn;
    std::optional<Error> error{};
    bool live = false;      ///< belongs to a conversation that is under way
    std::string marked{};   ///< a sign for the user's list; empty = not marked, ":default:" for a plain one
    std::string comment{};  ///< the user's words
    std::optional<Replay> is_replay{};
    Metadata metadata{};
    Attachments attachments{};  ///< objects of addons
    Time timestamp_created{};

    /// The same content under another id; not live, without backup.
    std::unique_ptr<Flow> copy() const;
    /// About how many bytes of memory its content takes.
    virtual std::uint64_t size() const;

    // --- going back ---
    /// Remembers the present state; only the first call does.
    void backup();
    bool has_backup() const { return backup_ != nullptr; }
    /// Whether there is a backup and the state differs from it.
    bool modified() const;
    /// Restores the state of the backup and drops it; does nothing without one.
    void revert();

    // --- holding ---
    bool intercepted() const { return intercepted_; }
    /// The flow waits for resume() or kill(): at the end of the present hook, or at its next one.
    void intercept() { intercepted_ = true; }
    void resume();
    /// Calls `then` once, as soon as the flow is not intercepted; at once if it is not now.
    void on_resume(std::function<void()> then);

    // --- killing ---
    /// Live and not killed yet.
    bool killable() const;
    /// Ends the exchange now: sets the error, resumes, and has the conversation close both of its ends, whatever they
    /// wait for.
    /// Errors: throws ControlException when it is not killable().
    void kill(Time now);
    /// For conversations: `stop` is called by kill(); nullptr removes it.
    void on_kill(std::function<void()> stop) { stop_ = std::move(stop); }

protected:
    Flow(std::shared_ptr<Client> client, std::shared_ptr<Server> server, Time created, Id its_id);
    Flow(Flow const& other);
    Flow& operator=(Flow const&) = delete;

    /// A snapshot with the same id.
    virtual std::unique_ptr<Flow> snapshot() const = 0;
    virtual bool same_state(Flow const& other) const;
    virtual void restore(Flow const& other);

    template <class Self, class Visitor> static void visit_flow(Self& self, Visitor&& visit) {
        visit("id", self.id);
        visit("number", self.number);
        visit("client_conn", self.client_conn);
        visit("server_conn", self.server_conn);
        visit("error", self.error);
        visit("live", self.live);
        visit("marked", self.marked);
        visit("comment", self.comment);
        visit("is_replay", self.is_replay);
        visit("metadata", self.metadata);
        visit("timestamp_created", self.timestamp_created);
        visit("intercepted", self.intercepted_);
        visit("backup", self.backup_);
    }

private:
    friend class Registry;  // is_announced_

    std::unique_ptr<Flow> backup_;
    std::vector<std::function<void()>> waiting_;
    std::function<void()> stop_;
    bool intercepted_ = false;
    bool is_announced_ = false;  // listeners know it
};

}  // namespace pathology::proxycore::flow
