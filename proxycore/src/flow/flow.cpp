#include <pathology/proxycore/flow/flow.hpp>

#include <pathology/proxycore/errors.hpp>
#include <utility>

namespace pathology::proxycore::flow {

Flow::Flow(std::shared_ptr<Client> client, std::shared_ptr<Server> server, Time created)
    : client_conn(std::move(client)),
      server_conn(server != nullptr ? std::move(server) : std::make_shared<Server>()),
      timestamp_created(created) {
    if (client_conn == nullptr) client_conn = std::make_shared<Client>();
}

// What is remembered and who waits belongs to one object, not to the state.
Flow::Flow(Flow const& other)
    : id(other.id),
      client_conn(other.client_conn),
      server_conn(other.server_conn),
      error(other.error),
      live(other.live),
      marked(other.marked),
      comment(other.comment),
      is_replay(other.is_replay),
      metadata(other.metadata),
      timestamp_created(other.timestamp_created),
      intercepted_(other.intercepted_) {}

bool Flow::same_state(Flow const& other) const {
    return error == other.error && marked == other.marked && comment == other.comment && is_replay == other.is_replay &&
           metadata == other.metadata && client_conn == other.client_conn && server_conn == other.server_conn;
}

void Flow::take_state(Flow const& other) {
    client_conn = other.client_conn;
    server_conn = other.server_conn;
    error = other.error;
    marked = other.marked;
    comment = other.comment;
    is_replay = other.is_replay;
    metadata = other.metadata;
}

std::unique_ptr<Flow> Flow::copy() const {
    auto made = snapshot();
    made->id = Id::make();
    made->live = false;
    made->intercepted_ = false;
    return made;
}

void Flow::backup() {
    if (backup_ == nullptr) backup_ = snapshot();
}

bool Flow::modified() const { return backup_ != nullptr && !same_state(*backup_); }

void Flow::revert() {
    if (backup_ == nullptr) return;
    auto const before = std::exchange(backup_, nullptr);
    take_state(*before);
}

void Flow::resume() {
    if (!std::exchange(intercepted_, false)) return;
    for (auto const& then : std::exchange(waiting_, {})) then();
}

void Flow::on_resume(std::function<void()> then) {
    if (!intercepted_) return then();
    waiting_.push_back(std::move(then));
}

bool Flow::killable() const { return live && !(error && error->message == killed_message); }

void Flow::kill(Time now) {
    if (!killable()) throw ControlException("flow " + to_string(id) + " cannot be killed: it is not live any more");
    error = Error{std::string(killed_message), now};
    live = false;
    resume();
}

}  // namespace pathology::proxycore::flow
