#include "responder.hpp"

#include <algorithm>
#include <boost/algorithm/string/case_conv.hpp>
#include <pathology/language/load.hpp>
#include <pathology/proxycore/percent.hpp>
#include <pathology/proxycore/websocket/handshake.hpp>

namespace pathology::pathod {

using language::SpecErrc;
using language::SpecFailure;
using proxycore::http::RequestHead;

language::Settings settings_of(DaemonOptions const& options) {
    language::Settings settings;
    if (options.files_folder) settings.files = language::FileAccess::below(*options.files_folder);
    return settings;
}

AnchorOptions anchor_options(DaemonOptions const& options) {
    return {settings_of(options), options.explain, options.keep_body};
}

namespace {

/// HTTP/2 has no reason phrases, and field names are in lower case (RFC 9113 §8.2, §8.3.2).
void convert_to_http2(language::Message& message) {
    auto& parts = language::features(message);
    std::erase_if(parts, [](auto const& part) { return std::holds_alternative<language::Reason>(part.is); });
    for (auto& part : parts) {
        auto* const header = std::get_if<language::Header>(&part.is);
        auto* const name = header != nullptr ? std::get_if<language::Literal>(&header->name) : nullptr;
        if (name != nullptr) name->bytes = boost::algorithm::to_lower_copy(name->bytes, std::locale::classic());
    }
}

IncomingRequest incoming_request(RequestHead const& request, RequestSubject const& subject, std::string_view path,
                                 ResponseContext const& context) {
    return {.subject = subject,
            .target = request.target,
            .path = path,
            .body = context.details.body,
            .body_size = context.details.body_size,
            .client = context.details.client,
            .connection = context.connection};
}

}  // namespace

Responder::Responder(DaemonOptions const& options, Anchors const& anchors, language::Protocol protocol)
    : options_(options), anchors_(anchors), settings_(settings_of(options)) {
    settings_.protocol = protocol;
    language::Response handshake;
    handshake.websocket = true;
    websocket_ = prepare(std::move(handshake));  // once, since it is the same for every request
}

OutgoingResponse Responder::respond(RequestHead const& request, std::string_view path, ResponseContext const& context) {
    RequestSubject const subject(request, context.details);
    auto const incoming = incoming_request(request, subject, path, context);
    OutgoingResponse response;
    response.seed = context.seed;
    auto selection = select(request, incoming, context);
    response.choice = std::move(selection.choice);
    bool const is_matched = selection.is_matched;
    assign(response, std::move(selection));
    render_for(request, response, context.position);
    if (options_.observer) {
        ChosenResponse const chosen{response.rendered_response().record.spec, is_matched};
        options_.observer(incoming, chosen);
    }
    return response;
}

bool Responder::waits(RequestHead const& request, std::string_view path, ResponseContext const& context) {
    RequestSubject const subject(request, context.details);
    auto const incoming = incoming_request(request, subject, path, context);
    auto const anchors = anchors_.candidates({incoming, {.path = path}});
    // A filter that searches the content decides about it at the end of the request.
    if (!anchors || subject.was_searched()) return false;
    for (auto const* anchor : *anchors) {
        if (may_wait(anchor->alternatives)) return true;
    }
    bool const is_decided = !anchors->empty() && anchors->back()->alternatives.are_for_every_request();
    if (is_decided) return false;
    auto const spec = crafted_part(path);
    return spec && select_crafted(*spec).prepared->waits();
}

bool Responder::may_wait(Alternatives const& alternatives) const {
    bool const is_http2 = settings_.protocol == language::Protocol::http2;
    auto const& all = alternatives.all();
    return std::any_of(all.begin(), all.end(), [&](Alternative const& alternative) {
        auto const& prepared = is_http2 ? alternative.http2 : alternative.http1;
        return prepared && prepared->waits();
    });
}

OutgoingResponse Responder::respond_unasked(PreparedSpecPtr prepared, std::uint64_t seed) {
    OutgoingResponse response;
    response.seed = seed;
    assign(response, {std::move(prepared)});
    render_for(RequestHead(), response, {});
    return response;
}

OutgoingResponse Responder::reject(RequestHead const& request, Rejection const& rejection,
                                   ResponseContext const& context) {
    bool const is_http1 = settings_.protocol == language::Protocol::http1;
    OutgoingResponse response;
    response.seed = context.seed;
    assign(response, {prepare(rejection_response(rejection, is_http1)), ResponseOrigin::policy, rejection.message});
    render_for(request, response, context.position);
    return response;
}

// --- selection -------------------------------------------------------------------------------------------------------

Responder::Selection Responder::select(RequestHead const& request, IncomingRequest const& incoming,
                                       ResponseContext const& context) {
    auto const found = find_anchor(incoming, context);
    if (!found)
        return {prepare(bad_anchor_response(found.error().message)), ResponseOrigin::builtin,
                "Anchor error: " + found.error().message};
    bool const is_anchor = found->alternative != nullptr;
    auto const spec = crafted_part(incoming.path);
    if (is_anchor || spec) {
        auto selection = is_anchor ? select_alternative(*found, incoming) : select_crafted(*spec);
        if (!options_.strict || !selection.prepared->is_websocket()) return selection;
        auto refusal = refuse_handshake(request);
        if (!refusal) return selection;
        refusal->choice = std::move(selection.choice);
        return std::move(*refusal);
    }
    if (options_.websocket_echo && request.fields.has_token("Upgrade", "websocket")) {
        return select_echo_handshake(request);
    }
    if (options_.strict && request.fields.has_token("Upgrade", "websocket"))
        if (auto refusal = refuse_handshake(request)) return std::move(*refusal);
    if (proxycore::websocket::is_handshake(request)) return {websocket_};
    UnmatchedRequest const unmatched{request.method, incoming.path, incoming.client, options_.craft_prefix,
                                     options_.craft};
    return {.prepared = prepare(not_found_response(unmatched)), .origin = ResponseOrigin::builtin, .is_matched = false};
}

Anchors::Result<AlternativeChoice> Responder::find_anchor(IncomingRequest const& request,
                                                          ResponseContext const& context) const {
    return anchors_.find({request,
                          {.seed = context.run_seed,
                           .path = request.path,
                           .client = request.client,
                           .connection = context.connection,
                           .counts = context.counts}});
}

/// The part of a path behind the crafting prefix, which is a spec; std::nullopt if there is none.
std::optional<std::string_view> Responder::crafted_part(std::string_view path) const {
    auto const& prefix = options_.craft_prefix;
    if (path.size() <= prefix.size() || !path.starts_with(prefix)) return std::nullopt;
    return path.substr(prefix.size());
}

/// A spec that is for the other protocol alone gives a parse error.
Responder::Selection Responder::select_alternative(AlternativeChoice choice, IncomingRequest const& incoming) {
    bool const is_http2 = settings_.protocol == language::Protocol::http2;
    auto const& [condition, http1, http2, spec, function] = *choice.alternative;
    auto const& prepared = is_http2 ? http2 : http1;
    Selection selection;
    // Not a shared owner: an anchor lives as long as the daemon, and workers would contend for its reference count.
    if (function)
        selection = select_computed(function, incoming);
    else if (prepared)
        selection.prepared = PreparedSpecPtr(PreparedSpecPtr(), prepared.get());
    else if (auto parsed = PreparedSpec::read(spec, settings_, options_.explain))
        selection.prepared = std::move(*parsed);
    else
        selection = select_error(explain_protocol(parsed.error(), spec), spec);
    selection.choice = std::move(choice.reason);
    return selection;
}

Responder::Selection Responder::select_computed(SpecFunction const& function, IncomingRequest const& incoming) {
    try {
        auto const spec = function(incoming);
        auto prepared = PreparedSpec::read(spec, settings_, options_.explain);
        if (!prepared) return select_error(explain_protocol(prepared.error(), spec), spec);
        return {std::move(*prepared)};
    } catch (std::exception const& error) {
        return {prepare(failed_function_response(error.what())), ResponseOrigin::builtin,
                "Exception: " + std::string(error.what())};
    }
}

Responder::Selection Responder::select_crafted(std::string_view encoded) {
    if (!options_.craft) return reject(PolicyViolation::crafting_disabled);
    // The key is the encoded path: a hit costs neither decoding nor parsing.
    if (auto cached = cache_.find(encoded)) return {std::move(cached)};
    auto const argument = proxycore::percent_decode(encoded);
    auto const spec = language::load_spec(argument, settings_.files);
    if (!spec) return select_error(spec.error(), argument);
    auto prepared = PreparedSpec::read(*spec, settings_, options_.explain);
    if (!prepared) return select_error(explain_protocol(prepared.error(), *spec), *spec);
    bool const is_file = argument.front() == '+';  // read again for each request, since it may change
    if (!is_file) cache_.keep(encoded, *prepared);
    return {std::move(*prepared)};
}

/// The response to a handshake that RFC 6455 §4.2.1 does not allow; std::nullopt if it does.
std::optional<Responder::Selection> Responder::refuse_handshake(RequestHead const& request) {
    auto const checked = proxycore::websocket::check_request(request);
    if (checked) return std::nullopt;
    return Selection{prepare(bad_handshake_response(checked.error())), ResponseOrigin::builtin,
                     "Bad WebSocket handshake: " + checked.error().message};
}

/// With --ws-echo a handshake is checked strictly, and a subprotocol and compression are negotiated.
Responder::Selection Responder::select_echo_handshake(RequestHead const& request) {
    if (auto refusal = refuse_handshake(request)) return std::move(*refusal);
    language::Response response;
    response.websocket = true;
    auto const add = [&](std::string name, std::string value) {
        response.features.emplace_back(
            language::Header{language::Literal{std::move(name)}, language::Literal{std::move(value)}});
    };
    if (auto chosen = proxycore::websocket::choose_subprotocol(request.fields))
        add("Sec-WebSocket-Protocol", std::move(*chosen));
    auto const deflate = proxycore::websocket::accept_deflate(request.fields);
    if (deflate) add("Sec-WebSocket-Extensions", to_string(*deflate));
    response.features.emplace_back(language::Raw{});  // RFC 9110 §8.6: no Content-Length in a 101
    return {prepare(std::move(response)), ResponseOrigin::spec, {}, deflate};
}

Responder::Selection Responder::select_error(SpecFailure const& failure, std::string_view spec) {
    if (failure.code == SpecErrc::file_access) {
        return reject(PolicyViolation::file_access_denied, " " + failure.message);
    }
    return {prepare(parse_error_response(failure, spec)), ResponseOrigin::builtin, "Parse error: " + failure.message};
}

Responder::Selection Responder::reject(PolicyViolation violation, std::string_view details) {
    return {prepare(policy_response(violation)), ResponseOrigin::policy,
            std::string(reason(violation)).append(details)};
}

/// Adds which protocol a spec needs, if it is valid for the other one alone.
SpecFailure Responder::explain_protocol(SpecFailure failure, std::string const& spec) const {
    if (failure.message.find("HTTP/") != std::string::npos) return failure;  // says it already
    bool const is_http2 = settings_.protocol == language::Protocol::http2;
    auto other = settings_;
    other.protocol = is_http2 ? language::Protocol::http1 : language::Protocol::http2;
    if (!PreparedSpec::read(spec, other, options_.explain)) return failure;
    auto const over_http2 = options_.http2 ? "ask over HTTP/2 (curl --http2-prior-knowledge, pathoc --http2)"
                                           : "start pathod without --no-http2 and ask over HTTP/2";
    failure.hint.clear();  // it is about the words of the other protocol
    failure.message = is_http2
                          ? "this spec is for HTTP/1 and the client spoke HTTP/2; ask over HTTP/1 (curl --http1.1): " +
                                failure.message
                          : "this spec is for HTTP/2 and the client spoke HTTP/1; " + std::string(over_http2) + ": " +
                                failure.message;
    return failure;
}

/// For built-in responses, which always parse and resolve.
PreparedSpecPtr Responder::prepare(language::Message message) {
    if (settings_.protocol == language::Protocol::http2) convert_to_http2(message);
    return PreparedSpec::of(std::move(message), settings_, options_.explain).value();
}

void Responder::assign(OutgoingResponse& response, Selection selection) {
    response.prepared = std::move(selection.prepared);
    response.rendered.reset();
    response.error = std::move(selection.error);
    response.origin = selection.origin;
    response.deflate = selection.deflate;
}

// --- rendering -------------------------------------------------------------------------------------------------------

std::optional<PolicyViolation> Responder::check_policy(bool pauses, RenderedResponse const& rendered) const {
    if (options_.size_limit && rendered.length() > *options_.size_limit) return PolicyViolation::response_too_large;
    if (options_.nohang && pauses) return PolicyViolation::pauses_disabled;
    return std::nullopt;
}

/// Returns true if the constant response fits this request. HEAD needs one without a body. A peer with a small header
/// table needs a field block encoded for it, since the constant one may refer to entries that the peer has evicted.
bool Responder::is_constant_for(RequestHead const& request, PreparedSpec const& prepared,
                                Http2Position position) const {
    bool const without_body = request.method == "HEAD" && !options_.verbatim;
    bool const has_small_table = settings_.protocol == language::Protocol::http2 &&
                                 position.header_table_size < proxycore::http2::default_header_table_size;
    return prepared.constant() != nullptr && !without_body && !has_small_table;
}

/// Renders the response unless its constant response fits, and applies the policy. A spec that cannot be rendered, or
/// is not allowed, is replaced by a built-in response, which can always be rendered and is always allowed. So the
/// recursion ends after at most three calls.
void Responder::render_for(RequestHead const& request, OutgoingResponse& response, Http2Position position) {
    if (!is_constant_for(request, *response.prepared, position)) {
        auto settings = settings_;
        settings.http2.stream = position.stream;
        settings.http2.header_table_size = position.header_table_size;
        auto const key = request.fields.first("Sec-WebSocket-Key");
        if (key && proxycore::websocket::is_handshake(request)) settings.websocket_key = std::string(*key);
        RenderOptions const how{options_.explain, request.method == "HEAD" && !options_.verbatim};
        auto rendered = render(response.prepared->messages(), settings, how, response.seed);
        if (!rendered) {
            auto const spec = response.prepared->spec();
            assign(response, select_error(rendered.error(), spec));
            return render_for(request, response, position);
        }
        response.rendered = std::move(*rendered);
    }
    if (response.origin != ResponseOrigin::spec) return;
    auto const violation = check_policy(response.prepared->pauses(), response.rendered_response());
    if (!violation) return;
    assign(response, reject(*violation));
    render_for(request, response, position);
}

}  // namespace pathology::pathod
