#include "program/preview.hpp"

#include <pathology/language/http2.hpp>
#include <pathology/language/player.hpp>
#include <pathology/proxycore/http/escaped.hpp>

#include "program/message_source.hpp"

namespace pathology::pathoc {
namespace {

using language::PreviewEnd;
using proxycore::console::Console;
using proxycore::console::ExitCode;

language::Parsed<PreviewEnd> preview_connection(ProgramOptions const& options, MessageSequence messages,
                                                std::uint64_t connection, SeedSource& seeds, Console& console) {
    auto const write = [&](std::string_view bytes) {
        console.out(bytes);
        return !console.out_is_lost();
    };
    language::Player player;
    language::ClientStreams streams;
    for (std::uint64_t index = 0; auto const* const message = messages.next(); ++index) {
        auto const stream = options.http2 ? streams.next(message->message(), messages.repetition()) : 1;
        auto const crafted = message->craft(seeds.seed_of(connection, index), stream);
        if (!crafted) return crafted.error();
        if (crafted->random) seeds.report(console);
        if (options.explain)
            console.err(">> " + proxycore::http::terminal_text(*crafted->spec) + std::string(crafted->note) + "\n");
        player.start(*crafted->plan, crafted->seed);
        auto end = language::preview(player, write);
        if (!end || *end != PreviewEnd::finished) return end;
    }
    return PreviewEnd::finished;
}

}  // namespace

ExitCode preview(ProgramOptions const& options, std::span<Script const> scripts, Console& console) {
    SeedSource seeds(options.seed);
    auto const connections = static_cast<std::uint64_t>(options.connections);  // -1: practically without end
    for (std::uint64_t connection = 0; connection < connections; ++connection) {
        bool const picks = options.random_pick && scripts.size() > 1;
        if (picks) seeds.report(console);
        MessageSequence const messages(picks ? seeds.pick(scripts, connection) : scripts, options.repeat);
        auto const end = preview_connection(options, messages, connection, seeds, console);
        if (!end) {
            console.err(proxycore::http::terminal_text(end.error().message) + "\n");
            return ExitCode::usage;
        }
        if (*end == PreviewEnd::stopped) return ExitCode::done;
    }
    return ExitCode::done;
}

}  // namespace pathology::pathoc
