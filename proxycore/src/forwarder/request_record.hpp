// What the forwarder knows of a request, from `requestheaders` to its end.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/upstream/route.hpp>
#include <string>
#include <vector>

#include "forwarder/messages.hpp"
#include "forwarder/slots.hpp"

namespace pathology::proxycore::forwarder {

/// A field line and its place.
struct TakenField {
    std::size_t index;
    std::string name, value;
};

struct RequestRecord {
    std::string url{};                ///< as the client names it
    std::string token{};              ///< for the backend; empty = none
    std::vector<TakenField> taken{};  ///< Authorization, which the target does not get
    std::unique_ptr<Slots::Slot> slot{};
    std::optional<ChosenProxy> proxy{};
    bool is_refused_by_proxy = false;  ///< by 407
    bool is_reported = false;          ///< its activity
};

/// Takes the token and the fields that end here from the request. Outputs mask what is left of them.
std::shared_ptr<RequestRecord> take_request(flow::Request& request, std::string const& default_token,
                                            bool forwards_token);

/// The same for a request that is not forwarded; it stays as it is.
std::shared_ptr<RequestRecord> record_of_refused(flow::Request const& request, std::string const& default_token);

/// Makes the fields in the flow those of the client again. The request must have been sent.
void restore_request(flow::Request& request, RequestRecord& record);

/// Has outputs show the credentials of the request as `Bearer ***`.
void mask_credentials(flow::Request& request);

Activity activity_of(flow::HttpFlow const& flow, RequestRecord const& record, unsigned status);

}  // namespace pathology::proxycore::forwarder
