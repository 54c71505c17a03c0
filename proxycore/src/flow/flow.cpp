// State and control of a flow. A flow belongs to one loop, so nothing here is locked:
//
//      live ─▶ intercept() ─▶ intercepted ─▶ resume(): waiting_ called ─▶ live
//        │                        │
//        └────── kill() ◀─────────┘     error = killed_message, stop_ called, resumed ─▶ not live
//
// backup_ is a snapshot of the same type, without a backup of its own.

#include <pathology/proxycore/flow/flow.hpp>

#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/flow/tcp_flow.hpp>
#include <utility>

namespace pathology::proxycore::flow {

Flow::Flow(std::shared_ptr<Client> client, std::shared_ptr<Server> server, Time created, Id its_id)
    : id(its_id),
      client_conn(std::move(client)),
      server_conn(server != nullptr ? std::move(server) : std::make_shared<Server>()),
      timestamp_created(created) {
    if (client_conn == nullptr) client_conn = std::make_shared<Client>();
}

Flow::~Flow() = default;

// Not copied: the backup, the waiting functions, the loop and the attachments. They belong to one object.
Flow::Flow(Flow const& other)
    : enable_shared_from_this(other),
      id(other.id),
      number(other.number),
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

void Flow::restore(Flow const& other) {
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
    made->number = 0;
    made->live = false;
    made->intercepted_ = false;
    return made;
}

// An estimate for the limits of the registry: what grows with the traffic is counted, connections are shared.
std::uint64_t Flow::size() const {
    std::uint64_t size = marked.size() + comment.size() + (error ? error->message.size() : 0);
    for (auto const& [name, value] : metadata) size += name.size() + sizeof value;
    return size + (backup_ != nullptr ? backup_->size() : 0);
}

void Flow::backup() {
    if (backup_ == nullptr) backup_ = snapshot();
}

bool Flow::modified() const { return backup_ != nullptr && !same_state(*backup_); }

void Flow::revert() {
    if (backup_ == nullptr) return;
    // After a revert the flow counts as unmodified, and a later backup() takes a new snapshot.
    auto const before = std::exchange(backup_, nullptr);
    restore(*before);
}

void Flow::resume() {
    if (!std::exchange(intercepted_, false)) return;
    // A function may intercept the flow again and add itself to the list.
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
    // The exchange is stopped before it resumes, so it does not go on with the killed flow.
    if (auto const stop = std::exchange(stop_, nullptr)) stop();
    resume();
}

// --- HTTP ------------------------------------------------------------------------------------------------------------

HttpFlow::HttpFlow(std::shared_ptr<Client> client, std::shared_ptr<Server> server, Time created, Id its_id)
    : Flow(std::move(client), std::move(server), created, its_id) {}
HttpFlow::HttpFlow(HttpFlow const&) = default;
HttpFlow::~HttpFlow() = default;

std::size_t HttpFlow::replace(pattern::Pattern const& pattern, std::string_view text) {
    return request.replace(pattern, text) + (response ? response->replace(pattern, text) : 0);
}

namespace {

std::uint64_t size_of(http::Fields const& fields) {
    std::uint64_t size = 0;
    for (auto const& field : fields) size += field.name.size() + field.value.size() + sizeof field;
    return size;
}

std::uint64_t size_of(Message const& message) {
    return size_of(message.headers) + (message.trailers ? size_of(*message.trailers) : 0) +
           (message.raw_content ? message.raw_content->size() : 0);
}

}  // namespace

std::uint64_t HttpFlow::size() const {
    auto size = sizeof(HttpFlow) + Flow::size() + size_of(request) + request.path.size();
    if (response) size += size_of(*response);
    if (websocket)
        for (auto const& message : websocket->messages) size += sizeof message + message.content.size();
    return size;
}

std::unique_ptr<Flow> HttpFlow::snapshot() const {
    auto taken = std::make_unique<HttpFlow>(*this);
    // A snapshot is not live: the function refers to the session of the original.
    taken->inject_websocket = nullptr;
    return taken;
}

bool HttpFlow::same_state(Flow const& other) const {
    auto const& that = static_cast<HttpFlow const&>(other);  // a backup has the type of its flow
    return Flow::same_state(other) && request == that.request && response == that.response &&
           websocket == that.websocket;
}

void HttpFlow::restore(Flow const& other) {
    auto const& that = static_cast<HttpFlow const&>(other);
    Flow::restore(other);
    request = that.request;
    response = that.response;
    websocket = that.websocket;
}

// --- TCP -------------------------------------------------------------------------------------------------------------

std::uint64_t TcpFlow::size() const {
    auto size = sizeof(TcpFlow) + Flow::size();
    for (auto const& message : messages) size += sizeof message + message.content.size();
    return size;
}

std::unique_ptr<Flow> TcpFlow::snapshot() const {
    auto taken = std::make_unique<TcpFlow>(*this);
    // As for WebSocket messages.
    taken->inject = nullptr;
    return taken;
}

bool TcpFlow::same_state(Flow const& other) const {
    return Flow::same_state(other) && messages == static_cast<TcpFlow const&>(other).messages;
}

void TcpFlow::restore(Flow const& other) {
    Flow::restore(other);
    messages = static_cast<TcpFlow const&>(other).messages;
}

}  // namespace pathology::proxycore::flow
