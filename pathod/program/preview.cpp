// `--preview`: the bytes of a spec on standard output, made by the same rendering and player as in the daemon, with the
// sample handshake of RFC 6455 in place of a request. Everything else goes to standard error, so that the output can be
// piped.

#include "program/run.hpp"

#include <algorithm>
#include <cctype>
#include <pathology/language/load.hpp>
#include <pathology/language/parse.hpp>
#include <pathology/language/player.hpp>
#include <pathology/language/rng.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/http/fields.hpp>
#include <vector>

#include "rendered_response.hpp"
#include "responder.hpp"

namespace pathology::pathod {
namespace {

using namespace language;
using proxycore::console::Console;
using proxycore::console::ExitCode;

constexpr std::string_view sample_key = "dGhlIHNhbXBsZSBub25jZQ==";  // RFC 6455 §1.3

/// Returns true if the first message of a spec begins with these two letters, in any case. Comments may precede it.
bool begins_with(std::string_view letters, std::string_view spec) {
    auto const skip_to = [&spec](std::size_t place) { spec.remove_prefix(std::min(place, spec.size())); };
    skip_to(spec.find_first_not_of(" \t\r\n"));
    while (spec.starts_with('#')) {
        skip_to(spec.find('\n'));
        skip_to(spec.find_first_not_of(" \t\r\n"));
    }
    return proxycore::http::equals_ignoring_case(spec.substr(0, 2), letters);
}

Parsed<std::vector<Message>> parse(std::string_view spec, Protocol protocol) {
    if (protocol == Protocol::http2) return parse_http2_responses(spec);
    if (begins_with("wf", spec)) return parse_frames(spec);
    return parse_responses(spec);
}

/// Adds which protocol a spec needs, if it is valid for the other one alone.
SpecFailure explain_protocol(SpecFailure failure, std::string_view spec, Protocol protocol) {
    bool const is_http2 = protocol == Protocol::http2;
    bool const says_it = failure.message.find("HTTP/") != std::string::npos;
    if (failure.code != SpecErrc::syntax || says_it) return failure;
    if (!parse(spec, is_http2 ? Protocol::http1 : Protocol::http2)) return failure;
    failure.message = (is_http2 ? "this spec is for HTTP/1 and WebSocket; preview it without --http2: "
                                : "this spec is for HTTP/2; preview it with --http2: ") +
                      failure.message;
    failure.hint.clear();  // it is about the words of the other protocol
    return failure;
}

class Preview {
public:
    Preview(DaemonOptions const& options, Protocol protocol, Console& console)
        : options_(options), console_(console), settings_(settings_of(options)), seed_(options.seed) {
        settings_.protocol = protocol;
        settings_.websocket_key = std::string(sample_key);
    }

    Parsed<void> show(std::string_view spec) {
        auto const messages = parse(spec, settings_.protocol);
        if (!messages) return messages.error();
        // The seed of the first response on the first connection to a daemon with this seed.
        auto const seed = seed_.of(0, 0);
        auto const rendered = render(*messages, settings_, {.explain = options_.explain}, seed);
        if (!rendered) return rendered.error();
        if (options_.explain) console_.err(">> " + proxycore::http::terminal_text(rendered->explained) + "\n");
        if (rendered->is_random) console_.err(seed_.replay_hint());
        MessageOrder order;
        while (!ended_) {
            auto const next = order.next(rendered->repetitions);
            if (!next) break;
            auto const written = write(rendered->messages[*next].plan, seed_of_item(seed, *next));
            if (!written) return written;
        }
        return {};
    }

private:
    Parsed<void> write(Plan const& plan, std::uint64_t seed) {
        Player player;
        player.start(plan, seed);
        auto const end = language::preview(player, [&](std::string_view bytes) {
            console_.out(bytes);
            return !console_.out_is_lost();
        });
        if (!end) return end.error();
        // After a disconnect a connection would carry nothing more; after `stopped` the reader of the output is gone.
        ended_ = *end != PreviewEnd::finished;
        return {};
    }

    DaemonOptions const& options_;
    Console& console_;
    Settings settings_;
    RunSeed seed_;
    bool ended_ = false;
};

}  // namespace

ExitCode preview(std::string_view argument, bool http2, DaemonOptions const& options, Console& console) {
    auto const source =
        argument == "-" ? read_spec_from_standard_input() : read_spec_argument(argument, settings_of(options).files);
    // Flushed first: what was written precedes the error on a terminal.
    auto const refuse = [&](SpecFailure const& failure, SpecText const& text) {
        console.flush();
        console.err(describe(failure, text.text, text.name) + "\n");
        return ExitCode::usage;
    };
    if (!source) return refuse(source.error(), {"spec", std::string(argument)});
    auto const& spec = source->text;
    auto const protocol = http2 || begins_with("h2", spec) ? Protocol::http2 : Protocol::http1;
    if (auto const shown = Preview(options, protocol, console).show(spec); !shown) {
        auto failure = explain_protocol(shown.error(), spec, protocol);
        if (spec == argument) add_file_hint(failure, argument);
        return refuse(failure, *source);
    }
    console.flush();
    return ExitCode::done;
}

}  // namespace pathology::pathod
