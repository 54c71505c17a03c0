// Every part of a flow by name, for whatever reads or writes flows: files, exports, comparisons.
//
//     struct Print {
//         void operator()(std::string_view name, std::string const& text);
//         void operator()(std::string_view name, flow::Time time);
//         template <flow::Visitable T> void operator()(std::string_view name, T const& part);  // flow::visit(part, *this)
//         …
//     };
//
// A const object gives const members; of another one the visitor may set them, so the same functions read a flow back.
// Names are constant; an order is kept. Not visited: `stream`, `loop`, attachments and the functions of a live flow.
#pragma once

#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/flow/tcp_flow.hpp>
#include <type_traits>
#include <utility>

namespace pathology::proxycore::flow {

namespace detail {
struct AnyVisitor {
    template <class Member> void operator()(char const* /*name*/, Member&& /*member*/) const {}
};
}  // namespace detail

/// A type whose members can be visited: HttpFlow, TcpFlow, Request, Response, Client, Server, ServerSpec, Error,
/// WebSocketData, WebSocketMessage, TcpMessage.
template <class T>
concept Visitable = requires(std::remove_const_t<T>& object) {
    std::remove_const_t<T>::visit_members(object, detail::AnyVisitor());
};

/// Calls `visitor(name, member)` for each member.
template <Visitable T, class Visitor> void visit(T& object, Visitor&& visitor) {
    std::remove_const_t<T>::visit_members(object, visitor);
}

/// The same for a flow of whichever kind.
template <class Visitor> void visit(Flow& flow, Visitor&& visitor) {
    if (flow.type() == "http")
        visit(static_cast<HttpFlow&>(flow), visitor);
    else
        visit(static_cast<TcpFlow&>(flow), visitor);
}
template <class Visitor> void visit(Flow const& flow, Visitor&& visitor) {
    if (flow.type() == "http")
        visit(static_cast<HttpFlow const&>(flow), visitor);
    else
        visit(static_cast<TcpFlow const&>(flow), visitor);
}

}  // namespace pathology::proxycore::flow
