#include "forwarder/request_record.hpp"

#include <chrono>
#include <pathology/proxycore/ascii.hpp>
#include <utility>

#include "forwarder/fields.hpp"

namespace pathology::proxycore::forwarder {
namespace {

constexpr char authorization[] = "Authorization", proxy_authorization[] = "Proxy-Authorization";

std::vector<TakenField> take(http::Fields& fields, std::string_view name) {
    std::vector<TakenField> taken;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        auto const field = fields[i];
        if (http::equals_ignoring_case(field.name, name))
            taken.push_back({i, std::string(field.name), std::string(field.value)});
    }
    fields.remove(name);
    return taken;
}

double seconds_of(flow::Time time) { return std::chrono::duration<double>(time.time_since_epoch()).count(); }

}  // namespace

void mask_credentials(flow::Request& request) {
    request.add_secret(authorization);
    request.add_secret(proxy_authorization);
}

std::shared_ptr<RequestRecord> record_of_refused(flow::Request const& request, std::string const& default_token) {
    auto record = std::make_shared<RequestRecord>();
    record->url = request.pretty_url();
    auto const sent = ascii::trimmed(request.headers.first(authorization).value_or(""));
    record->token = sent.empty() ? default_token : std::string(sent);
    return record;
}

std::shared_ptr<RequestRecord> take_request(flow::Request& request, std::string const& default_token,
                                            bool forwards_token) {
    auto record = record_of_refused(request, default_token);
    drop_hop_by_hop(request);
    if (!forwards_token) record->taken = take(request.headers, authorization);
    mask_credentials(request);
    return record;
}

/// Proxy-Authorization is that for the chosen proxy.
void restore_request(flow::Request& request, RequestRecord& record) {
    if (record.proxy) request.headers.remove(proxy_authorization);
    if (!record.taken.empty()) request.headers.remove(authorization);
    for (auto const& field : std::exchange(record.taken, {}))
        request.headers.insert(field.index, field.name, field.value);
    mask_credentials(request);
}

Activity activity_of(flow::HttpFlow const& flow, RequestRecord const& record, unsigned status) {
    Activity activity;
    activity.user_id = user_id_of(record.token);
    activity.url = record.url;
    activity.method = flow.request.raw_method;
    activity.status = status;
    if (record.proxy) activity.proxy_id = record.proxy->id;
    activity.timestamp = seconds_of(flow.request.timestamp_start.value_or(flow.timestamp_created));
    return activity;
}

}  // namespace pathology::proxycore::forwarder
