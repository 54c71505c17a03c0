// Parses specs to messages, and iterates over them in the order of sending.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <pathology/language/files.hpp>
#include <pathology/language/message_order.hpp>
#include <pathology/language/settings.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "prepared_message.hpp"

namespace pathology::pathoc {

/// The messages of one spec, in order.
struct Script {
    std::vector<PreparedMessage> messages;
    std::vector<language::Repetition> repetitions;  ///< of each message
};

/// Why a spec is invalid: complete lines for standard error.
struct SpecError {
    std::string text;
};

/// Reads an argument: a spec, the name of a file with one, `+` and the name of such a file, or `-` for standard input.
/// Errors: `spec:LINE:COL: message`, the line and a caret; the name of the file in place of `spec` if it was read from
/// one.
boost::system::result<Script, SpecError> load_script(std::string const& argument, language::Settings const& settings,
                                                     language::Freezing freezing,
                                                     Checking checking = Checking::before_sending);

/// Prepares the messages of a spec. `checking` applies to all but the first, which is always checked.
language::Parsed<Script> read_script(std::string_view text, language::Settings const& settings,
                                     language::Freezing freezing, Checking checking = Checking::before_sending);

/// Iterates over the messages of scripts, each and each group as often as its `xN` says, and over all of them `rounds`
/// times.
class MessageSequence {
public:
    explicit MessageSequence(std::span<Script const> scripts, std::uint64_t rounds = 1)
        : all_(scripts), scripts_(scripts), rounds_(rounds) {}

    /// The next message; nullptr at the end. Repetitions take no memory.
    PreparedMessage const* next();

    /// How often the message of the last next() was returned before.
    std::uint64_t repetition() const { return order_.repetition(); }

    /// Returns true if a raw frame follows the message of the last next() in the same spec.
    bool precedes_frame() const;

private:
    PreparedMessage const* next_of_round();

    std::span<Script const> all_, scripts_;  // the latter: from the current one on
    std::uint64_t rounds_;                   // with the current one
    bool is_empty_ = true;                   // no round had a message
    std::size_t message_ = 0;
    language::MessageOrder order_;  // of the current script
};

/// The number of messages of these scripts; std::nullopt if it exceeds 64 bits.
std::optional<std::uint64_t> count_messages(std::span<Script const> scripts);

}  // namespace pathology::pathoc
