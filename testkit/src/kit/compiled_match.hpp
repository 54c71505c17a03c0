// The one place where a request is compared with a RequestMatch: for responses and for expectations.
#pragma once

#include <pathology/kit/match.hpp>
#include <pathology/pathod/request_function.hpp>
#include <pathology/proxycore/filter/filter.hpp>
#include <string>
#include <vector>

namespace pathology::kit {

/// One field of a match that a request does not have: `path`, what is expected, and what came.
struct Difference {
    std::string field, expected, got;
};

/// Thread: any number at the same time, as far as functions of the test allow it.
class CompiledMatch {
public:
    /// Errors: throws DaemonError, with a caret, if the filter is invalid.
    explicit CompiledMatch(RequestMatch match);

    bool matches(pathod::IncomingRequest const& request) const { return differences(request, 1).empty(); }
    /// At most `limit`, in the order method, path, query, header, body, filter.
    std::vector<Difference> differences(pathod::IncomingRequest const& request, std::size_t limit = SIZE_MAX) const;
    /// How many differences there can be.
    std::size_t fields() const;

    RequestMatch const& match() const { return match_; }

private:
    RequestMatch match_;
    std::optional<proxycore::filter::Filter> filter_;
};

}  // namespace pathology::kit
