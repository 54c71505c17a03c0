// Requests for the filters of anchors.
#pragma once

#include <cstdint>
#include <pathology/proxycore/filter/subject.hpp>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string>
#include <string_view>

namespace pathology::pathod {

namespace filter = proxycore::filter;

/// A request as it was received, besides its head.
struct RequestDetails {
    std::string_view scheme = "http";        ///< of the connection
    std::string_view authority{};            ///< `:authority` of HTTP/2; empty if there is none
    std::string_view body{};                 ///< its content, as much of it as was kept
    std::uint64_t body_size = 0;             ///< all of it counted
    std::string_view client{};               ///< the client's endpoint
    proxycore::net::Stream const* stream{};  ///< its connection; nullptr if it has none
};

/// A request that has been read and has no response yet, as a filter sees it. doc/pathod.md says what matches.
///
/// Owns:   nothing; head and details outlive it.
/// Shape:  content is decoded, and as it was sent if it cannot be. It is too long if not all of it was kept.
class RequestSubject final : public filter::Subject {
public:
    RequestSubject(proxycore::http::RequestHead const& head, RequestDetails const& details)
        : head_(head), details_(details) {}

    filter::Protocol protocol() const override { return filter::Protocol::http; }
    bool is_websocket() const override;
    std::optional<std::string_view> method() const override { return head_.method; }
    std::optional<std::string_view> host() const override;
    std::optional<std::string_view> pretty_host() const override;
    std::optional<std::string_view> pretty_url(std::string& buffer) const override;
    proxycore::http::Fields const* fields(filter::Side side) const override;
    filter::Content content(filter::Side side, std::uint64_t max, std::string& buffer) const override;
    std::optional<std::string_view> source(std::string& buffer) const override;
    std::optional<std::string_view> destination(std::string& buffer) const override;

    /// Whether a filter asked for the content: before all of it was received, its answer is not final.
    bool was_searched() const { return was_searched_; }

private:
    std::string_view named_authority() const;

    proxycore::http::RequestHead const& head_;
    RequestDetails const& details_;
    mutable bool was_searched_ = false;
};

}  // namespace pathology::pathod
