#pragma once
// The base message as pieces in the order of the wire: what both measuring and planning start from.

#include <map>
#include <pathology/language/plan.hpp>
#include <pathology/language/settings.hpp>
#include <string>
#include <variant>
#include <vector>

namespace pathology::language {

/// Part of a message before actions: one of the three steps that send.
using Piece = std::variant<SendBytes, SendGenerated, SendFile>;

std::uint64_t size(Piece const& piece);

/// A sum that stays at 2^64-1 when it would pass it; a message that long never ends anyway.
constexpr std::uint64_t saturating_sum(std::uint64_t a, std::uint64_t b) {
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/// A failure that speaks of a feature, at the place where that was written.
SpecFailure at(Feature const& feature, SpecFailure failure);

/// Numbers the generated values of a message in the order they stand in the AST, so that planning and freezing agree on
/// the stream of each. Borrows the message.
class StreamNumbers {
public:
    explicit StreamNumbers(Message const& message);

    /// The number of a generated value inside the message.
    std::uint64_t operator[](Generated const& generated) const;
    std::size_t count() const { return numbers_.size(); }

private:
    std::vector<std::pair<Generated const*, std::uint64_t>> numbers_;  // sorted by address, so that many cost little
};

/// Calls `visit(Value&)` for every value of a message, in the order they stand in the AST. `MessageRef` is
/// `Message const&` or `Message&`.
template <class MessageRef, class Visit> void for_each_value(MessageRef&& message, Visit visit) {
    if (auto* request = std::get_if<Request>(&message)) {
        if (request->method) visit(*request->method);
        visit(request->path);
    }
    for (auto& feature : features(message)) {
        std::visit(
            [&](auto& is) {
                if constexpr (requires {
                                  is.name;
                                  is.value;
                              })
                    visit(is.name);
                if constexpr (requires { visit(is.value); }) {
                    visit(is.value);
                } else if constexpr (std::is_same_v<std::remove_cvref_t<decltype(is)>, UserAgent>) {
                    if (auto* value = std::get_if<Value>(&is.is)) visit(*value);
                }
            },
            feature.is);
    }
}

/// The masking key a frame gives, or nothing. A generated key, which `resolve` draws, is zero here.
/// Errors: SpecErrc::bad_key unless it is four bytes long.
Parsed<std::optional<proxycore::websocket::MaskingKey>> masking_key(Frame const& frame, Settings const& settings);

/// Turns values into pieces, merging bytes with the bytes before them.
class Layout {
public:
    Layout(Message const& message, Settings const& settings) : settings_(settings), streams_(message) {}

    void add(std::string_view bytes);
    Parsed<void> add(Value const& value, std::optional<Mask> mask = std::nullopt);

    std::vector<Piece> take() { return std::move(pieces_); }

private:
    Parsed<std::shared_ptr<FileContent const>> open(std::string const& path);

    Settings const& settings_;
    std::map<std::string, std::shared_ptr<FileContent const>> files_;  // a file named often is opened once
    StreamNumbers streams_;
    std::vector<Piece> pieces_;
};

/// Lays out one kind of message; lay_out() chooses.
Parsed<void> lay_out_message(Response const& response, Layout& layout, Settings const& settings);
Parsed<void> lay_out_message(Request const& request, Layout& layout, Settings const& settings);
Parsed<void> lay_out_message(Frame const& frame, Layout& layout, Settings const& settings);

/// The pieces of a message. Offsets need not be numbers yet; frames must have their mask and key.
Parsed<std::vector<Piece>> lay_out(Message const& message, Settings const& settings);

/// The size of a value in bytes.
Parsed<std::uint64_t> measure(Value const& value, Settings const& settings);

/// The bytes of a literal or of a small file; nullopt for generated data.
Parsed<std::optional<std::string>> known_bytes(Value const& value, Settings const& settings);

}  // namespace pathology::language
