#include "preview.hpp"

#include <pathology/language/http2.hpp>
#include <pathology/language/player.hpp>

#include "dice.hpp"

namespace pathology::pathoc {
namespace {

using proxycore::console::Console;
using proxycore::console::ExitCode;

/// How a message ended.
enum class End { finished, disconnected, file_gone, nobody_reads };

End write(language::Player& player, Console& console) {
    for (;;) {
        auto const action = player.next();
        if (!action) {
            console.err(action.error().message + "\n");
            return End::file_gone;
        }
        if (std::holds_alternative<language::Finished>(*action)) return End::finished;
        if (std::holds_alternative<language::Disconnect>(*action)) return End::disconnected;
        if (auto const* const send = std::get_if<language::Send>(&*action)) {
            console.out({send->bytes.data(), send->bytes.size()});
            if (console.out_is_lost()) return End::nobody_reads;
        }
    }
}

End preview_connection(Options const& options, Playlist playlist, std::uint64_t connection, Dice& dice,
                       Console& console) {
    language::Player player;
    language::ClientStreams streams;
    for (std::uint64_t index = 0; auto const* const message = playlist.next(); ++index) {
        auto const stream = options.http2 ? streams.next(message->message()) : 1;
        auto const crafted = message->craft(dice.seed_of(connection, index), stream);
        if (!crafted) {
            console.err(crafted.error().message + "\n");
            return End::file_gone;
        }
        if (crafted->random) dice.tell(console);
        if (options.explain) console.err(">> " + *crafted->spec + "\n");
        player.start(*crafted->plan, crafted->seed);
        if (auto const end = write(player, console); end != End::finished) return end;
    }
    return End::finished;
}

}  // namespace

ExitCode preview(Options const& options, std::span<Script const> scripts, Console& console) {
    Dice dice(options.seed);
    auto const connections = static_cast<std::uint64_t>(options.connections);  // -1 is as good as without end
    for (std::uint64_t connection = 0; connection < connections; ++connection) {
        bool const picks = options.random_pick && scripts.size() > 1;
        if (picks) dice.tell(console);
        Playlist const playlist(picks ? dice.pick(scripts, connection) : scripts);
        auto const end = preview_connection(options, playlist, connection, dice, console);
        if (end == End::file_gone) return ExitCode::usage;
        if (end == End::nobody_reads) return ExitCode::done;
    }
    return ExitCode::done;
}

}  // namespace pathology::pathoc
