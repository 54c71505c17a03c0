// Functions of a program that choose or compute responses, and that see every request.
#pragma once

#include <cstdint>
#include <functional>
#include <pathology/proxycore/filter/subject.hpp>
#include <string>
#include <string_view>
#include <variant>

namespace pathology::pathod {

/// A request, and what is known of it when its response is chosen.
///
/// Views: valid during the call.
struct IncomingRequest {
    /// As filters see it: method, fields, content without its coding. A condition takes the content from here, so that
    /// a response before the end of a request is not chosen by a part of it.
    proxycore::filter::Subject const& subject;
    std::string_view target{};    ///< as sent
    std::string_view path{};      ///< path and query
    std::string_view body{};      ///< the first bytes of the content, up to DaemonOptions::keep_body
    std::uint64_t body_size = 0;  ///< all of it that was received
    std::string_view client{};    ///< its endpoint
    std::uint64_t connection = 0;
};

/// Whether an anchor is for a request. Called on the thread of the connection, which serves other clients, too: it does
/// not wait. An exception becomes a response 800 with its text.
using RequestCondition = std::function<bool(IncomingRequest const& request)>;

/// The spec of the response to a request. Called as a condition, once for each request at its end, so that messages for
/// a place in the request come at its end. An exception becomes a response 500 with its text.
using SpecFunction = std::function<std::string(IncomingRequest const& request)>;

/// An anchor made of functions.
struct FunctionAnchor {
    std::string selector{};        ///< a pattern or a filter, as of any anchor; with a condition, its name in the log
    RequestCondition condition{};  ///< decides in place of the selector; empty: the selector does
    std::variant<std::string, SpecFunction> spec{};  ///< a spec or alternatives, as text; or a function
};

/// The response that was chosen for a request.
struct ChosenResponse {
    std::string_view spec{};  ///< resolved
    bool is_matched = true;   ///< false: neither an anchor nor a path chose it, and pathod says that there is none
};

/// Called for each request, before the first byte of its response is sent, on the thread of its connection. It neither
/// waits nor throws.
using RequestObserver = std::function<void(IncomingRequest const& request, ChosenResponse const& response)>;

}  // namespace pathology::pathod
