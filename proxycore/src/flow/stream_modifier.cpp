#include <pathology/proxycore/flow/stream_modifier.hpp>

#include <boost/asio/awaitable.hpp>

namespace pathology::proxycore::flow {

StreamModifier::Awaitable<StreamModifier::Pieces> StreamModifier::operator()(std::string_view piece) const {
    if (awaited_) co_return co_await awaited_(piece);
    co_return immediate_(piece);
}

StreamModifier::Awaitable<StreamModifier::Pieces> StreamModifier::one(Awaitable<std::string> piece) {
    Pieces pieces;
    pieces.push_back(co_await std::move(piece));
    co_return pieces;
}

}  // namespace pathology::proxycore::flow
