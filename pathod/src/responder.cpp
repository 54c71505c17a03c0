#include "responder.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <pathology/language/load.hpp>
#include <pathology/proxycore/http2/hpack.hpp>
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

namespace {

/// There are no reasons, and names of fields are in lower case (RFC 9113 §8.2, §8.3.2).
void fit_to_http2(language::Message& message) {
    auto& parts = language::features(message);
    std::erase_if(parts, [](auto const& part) { return std::holds_alternative<language::Reason>(part.is); });
    for (auto& part : parts) {
        auto* const header = std::get_if<language::Header>(&part.is);
        auto* const name = header != nullptr ? std::get_if<language::Literal>(&header->name) : nullptr;
        if (name != nullptr) name->bytes = boost::algorithm::to_lower_copy(name->bytes, std::locale::classic());
    }
}

}  // namespace

Responder::Responder(DaemonOptions const& options, Anchors const& anchors, language::Protocol protocol)
    : options_(options), anchors_(anchors), settings_(settings_of(options)) {
    settings_.protocol = protocol;
    not_found_ = prepare(not_found_answer());
    language::Response handshake;
    handshake.websocket = true;
    websocket_ = prepare(std::move(handshake));
}

void Responder::set_place(std::uint32_t stream, std::uint32_t header_table_size) {
    settings_.http2.stream = stream;
    settings_.http2.header_table_size = header_table_size;
}

/// A field block for a peer with a small table is another one than that which was made for all.
bool Responder::has_small_table() const {
    return settings_.protocol == language::Protocol::http2 &&
           settings_.http2.header_table_size < proxycore::http2::default_header_table_size;
}

Answer Responder::answer(RequestHead const& request, std::string_view path, std::uint64_t seed) {
    Answer answer;
    answer.seed = seed;
    replace(answer, choose(request, path));
    render_for(request, answer);
    return answer;
}

Responder::Choice Responder::choose(RequestHead const& request, std::string_view path) {
    if (auto const* anchor = anchors_.find(path)) return choose(*anchor);
    auto const& prefix = options_.craft_prefix;
    if (path.size() > prefix.size() && path.starts_with(prefix)) return craft(path.substr(prefix.size()));
    if (options_.websocket_echo && request.fields.has_token("Upgrade", "websocket")) return greet(request);
    if (proxycore::websocket::is_handshake(request)) return {websocket_};
    return {not_found_, Standing::notice};
}

/// An anchor whose spec is for the other protocol says so.
Responder::Choice Responder::choose(Anchors::Anchor const& anchor) {
    bool const is_http2 = settings_.protocol == language::Protocol::http2;
    auto const& answer = is_http2 ? anchor.http2 : anchor.http1;
    // An anchor lives as long as the daemon: no count is kept of who uses it.
    if (answer) return {PreparedPtr(PreparedPtr(), answer.get())};
    auto prepared = Prepared::read(anchor.spec, settings_, options_.explain);
    if (!prepared) return failure_of(prepared.error(), anchor.spec);
    return {std::move(*prepared)};
}

Responder::Choice Responder::craft(std::string_view encoded) {
    if (!options_.craft) return refuse(Refusal::crafting_disabled);
    if (auto known = cache_.find(encoded)) return {std::move(known)};
    auto const argument = proxycore::percent_decode(encoded);
    auto const spec = language::load_spec(argument, settings_.files);
    if (!spec) return failure_of(spec.error(), argument);
    auto prepared = Prepared::read(*spec, settings_, options_.explain);
    if (!prepared) return failure_of(prepared.error(), *spec);
    if (argument.front() != '+') cache_.keep(encoded, *prepared);
    return {std::move(*prepared)};
}

/// The handshake of the echo, by the book.
Responder::Choice Responder::greet(RequestHead const& request) {
    if (auto const judged = proxycore::websocket::check_request(request); !judged) {
        return {prepare(bad_handshake_answer(judged.error())), Standing::notice,
                "Bad WebSocket handshake: " + judged.error().message};
    }
    language::Response answer;
    answer.websocket = true;
    auto const add = [&](std::string name, std::string value) {
        answer.features.emplace_back(
            language::Header{language::Literal{std::move(name)}, language::Literal{std::move(value)}});
    };
    if (auto chosen = proxycore::websocket::choose_subprotocol(request.fields))
        add("Sec-WebSocket-Protocol", std::move(*chosen));
    auto const deflate = proxycore::websocket::accept_deflate(request.fields);
    if (deflate) add("Sec-WebSocket-Extensions", to_string(*deflate));
    answer.features.emplace_back(language::Raw{});  // RFC 9110 §8.6: no Content-Length in a 101
    return {prepare(std::move(answer)), Standing::crafted, {}, deflate};
}

Responder::Choice Responder::failure_of(SpecFailure const& failure, std::string_view spec) {
    if (failure.code == SpecErrc::file_access) return refuse(Refusal::file_access_denied, " " + failure.message);
    return {prepare(parse_error_answer(failure, spec)), Standing::notice, "Parse error: " + failure.message};
}

Responder::Choice Responder::refuse(Refusal refusal, std::string_view details) {
    return {prepare(refusal_answer(refusal)), Standing::refusal, std::string(reason(refusal)).append(details)};
}

/// For answers of our own, which nothing can be wrong with.
PreparedPtr Responder::prepare(language::Message message) {
    if (settings_.protocol == language::Protocol::http2) fit_to_http2(message);
    return Prepared::of(std::move(message), settings_, options_.explain).value();
}

std::optional<Refusal> Responder::check(bool pauses, Rendition const& rendition) const {
    if (options_.size_limit && rendition.length() > *options_.size_limit) return Refusal::response_too_large;
    if (options_.nohang && pauses) return Refusal::pauses_disabled;
    return std::nullopt;
}

/// Makes sure that there is a rendition, and that the options allow it.
void Responder::render_for(RequestHead const& request, Answer& answer) {
    bool const without_body = request.method == "HEAD" && !options_.verbatim;
    if (answer.prepared->constant() == nullptr || without_body || has_small_table()) {
        auto const key = request.fields.first("Sec-WebSocket-Key");
        settings_.websocket_key.reset();
        if (key && proxycore::websocket::is_handshake(request)) settings_.websocket_key = std::string(*key);
        RenderOptions const how{options_.explain, without_body};
        auto rendition = render(answer.prepared->messages(), settings_, how, answer.seed);
        if (!rendition) {
            auto const spec = answer.prepared->spec();
            replace(answer, failure_of(rendition.error(), spec));
            return render_for(request, answer);
        }
        answer.own = std::move(*rendition);
    }
    if (answer.standing != Standing::crafted) return;
    auto const refusal = check(answer.prepared->pauses(), answer.rendition());
    if (!refusal) return;
    replace(answer, refuse(*refusal));
    render_for(request, answer);
}

void Responder::replace(Answer& answer, Choice choice) {
    answer.prepared = std::move(choice.prepared);
    answer.own.reset();
    answer.trouble = std::move(choice.trouble);
    answer.standing = choice.standing;
    answer.deflate = choice.deflate;
}

}  // namespace pathology::pathod
