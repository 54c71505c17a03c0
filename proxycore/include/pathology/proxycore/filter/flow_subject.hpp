// Flows of the proxy for filters.
#pragma once

#include <pathology/proxycore/filter/subject.hpp>
#include <pathology/proxycore/flow/flow.hpp>

namespace pathology::proxycore::flow {
class HttpFlow;
class TcpFlow;
struct Message;
}  // namespace pathology::proxycore::flow

namespace pathology::proxycore::filter {

/// A flow as a filter sees it: `filter.matches(FlowSubject(flow))`.
///
/// Owns:   nothing; `flow` outlives it. It is made for one match, on the loop of the flow, and copies nothing of it.
/// Shape:  messages are those of a TCP connection or of a WebSocket, dropped and injected ones included. Content that was
///         streamed and not kept is missing. Content that cannot be decoded is searched as it was sent.
class FlowSubject final : public Subject {
public:
    explicit FlowSubject(flow::Flow const& flow);

    Protocol protocol() const override;
    bool is_websocket() const override;
    std::optional<std::string_view> method() const override;
    std::optional<std::string_view> host() const override;
    std::optional<std::string_view> pretty_host() const override;
    std::optional<std::string_view> pretty_url(std::string& buffer) const override;
    bool has_response() const override;
    std::optional<std::uint64_t> status() const override;
    http::Fields const* fields(Side side) const override;
    Content content(Side side, std::uint64_t max, std::string& buffer) const override;
    std::size_t message_count() const override;
    Message message(std::size_t index) const override;
    std::optional<std::string_view> source(std::string& buffer) const override;
    std::optional<std::string_view> destination(std::string& buffer) const override;
    bool has_error() const override;
    std::string_view marker() const override;
    std::string_view comment() const override;
    std::optional<Side> replayed() const override;
    std::string_view metadata(std::string& buffer) const override;

private:
    /// nullptr if there is none.
    flow::Message const* message_of(Side side) const;

    flow::Flow const& flow_;
    flow::HttpFlow const* http_;  // nullptr if the flow is of another kind
    flow::TcpFlow const* tcp_;
};

}  // namespace pathology::proxycore::filter
