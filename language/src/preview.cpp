#include <pathology/language/preview.hpp>

namespace pathology::language {

Parsed<PreviewEnd> preview(Player& player, std::function<bool(std::string_view)> const& write) {
    for (;;) {
        auto const action = player.next();
        if (action.has_error()) return action.error();
        if (std::holds_alternative<Finished>(*action)) return PreviewEnd::finished;
        if (std::holds_alternative<Disconnect>(*action)) return PreviewEnd::disconnected;
        auto const* send = std::get_if<Send>(&*action);
        if (send != nullptr && !write({send->bytes.data(), send->bytes.size()})) return PreviewEnd::unwanted;
    }
}

}  // namespace pathology::language
