#include "upstream/connection_pool.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>

namespace pathology::proxycore::layers {

Link::~Link() {
    auto* const stream = connection ? &connection->stream() : raw.get();
    if (stream == nullptr) return;
    auto owner = connection ? std::shared_ptr<void>(std::move(connection)) : std::shared_ptr<void>(std::move(raw));
    watch.bury(*stream, std::move(owner));
}

Link& Lane::add(std::shared_ptr<flow::Server> record, asio::any_io_executor const& executor) {
    return links_.emplace_back(*this, std::move(record), executor);
}

void Lane::remove(Link& link) {
    links_.remove_if([&](Link const& other) { return &other == &link; });
    wake();
}

template <class Predicate> Link* Lane::find_if(Predicate predicate) {
    auto const found = std::find_if(links_.begin(), links_.end(), predicate);
    return found == links_.end() ? nullptr : &*found;
}

Link* Lane::find_room() {
    return find_if([](Link const& link) { return link.has_room(); });
}

Link* Lane::find_unused() {
    return find_if([](Link const& link) { return link.is_unused(); });
}

Link* Lane::find_shared() {
    return find_if([](Link const& link) { return link.shared != nullptr; });
}

Link* Lane::find_gone() {
    return find_if([](Link const& link) { return link.is_gone(); });
}

Link* Lane::find(flow::Server const& record) {
    return find_if([&](Link const& link) { return link.record.get() == &record; });
}

asio::awaitable<void> Lane::wait_until(std::function<bool()> is_ready) {
    async::Event bell;
    struct Place {
        Place(Lane& its_lane, async::Event& its_bell)
            : lane(its_lane), own(lane.waiting_.insert(lane.waiting_.end(), &its_bell)) {}
        ~Place() {
            lane.waiting_.erase(own);
            lane.wake();  // there may be enough for the next one, too
        }
        Lane& lane;
        std::list<async::Event*>::iterator own;
    } const place(*this, bell);
    do co_await bell.wait();
    while (waiting_.front() != &bell || !is_ready());
}

void Lane::wake() {
    if (!waiting_.empty()) waiting_.front()->notify();
}

}  // namespace pathology::proxycore::layers
