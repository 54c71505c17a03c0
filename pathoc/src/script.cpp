// SPEC arguments become messages. Errors carry the name of the source and the line.

#include "script.hpp"

#include <algorithm>
#include <pathology/language/load.hpp>
#include <pathology/language/parse.hpp>

namespace pathology::pathoc {
namespace {

/// Parses a spec for HTTP/2. One that is valid for HTTP/1 alone has WebSocket frames, and its failure says so.
language::Parsed<std::vector<language::Message>> parse_for_http2(std::string_view text) {
    auto messages = language::parse_http2_requests(text);
    if (messages || !language::parse_requests(text)) return messages;
    auto failure = messages.error();
    failure.message = "this spec is for HTTP/1 and WebSocket; send it without --http2: " + failure.message;
    return failure;
}

}  // namespace

language::Parsed<Script> read_script(std::string_view text, language::Settings const& settings,
                                     language::Freezing freezing, Checking checking) {
    auto messages =
        settings.protocol == language::Protocol::http2 ? parse_for_http2(text) : language::parse_requests(text);
    if (!messages) return messages.error();
    Script script;
    for (auto& message : *messages) {
        // A script whose first message cannot be sent has to fail before the connection is made.
        auto const check_now = script.messages.empty() ? Checking::before_sending : checking;
        script.repetitions.push_back(language::repetition(message));
        auto prepared = PreparedMessage::make(std::move(message), settings, freezing, check_now);
        if (!prepared) return prepared.error();
        if (prepared->is_bytes() && !script.messages.empty()) script.messages.back().expect_more_bytes();
        script.messages.push_back(std::move(*prepared));
    }
    return script;
}

boost::system::result<Script, SpecError> load_script(std::string const& argument, language::Settings const& settings,
                                                     language::Freezing freezing, Checking checking) {
    auto const source = argument == "-" ? language::read_spec_from_standard_input()
                                        : language::read_spec_argument(argument, settings.files);
    if (!source) return SpecError{language::describe(source.error(), argument) + "\n"};
    auto script = read_script(source->text, settings, freezing, checking);
    if (!script) {
        auto failure = script.error();
        if (source->text == argument) language::add_file_hint(failure, argument);
        return SpecError{language::describe(failure, source->text, source->name) + "\n"};
    }
    return std::move(*script);
}

PreparedMessage const* MessageSequence::next() {
    while (rounds_ > 0) {
        if (auto const* const message = next_of_round()) {
            is_empty_ = false;
            return message;
        }
        if (is_empty_) return nullptr;
        --rounds_;
        scripts_ = all_;
    }
    return nullptr;
}

PreparedMessage const* MessageSequence::next_of_round() {
    while (!scripts_.empty()) {
        auto const& script = scripts_.front();
        if (auto const next = order_.next(script.repetitions)) {
            message_ = *next;
            return &script.messages[message_];
        }
        scripts_ = scripts_.subspan(1);
        order_ = {};
    }
    return nullptr;
}

bool MessageSequence::precedes_frame() const {
    if (scripts_.empty()) return false;
    auto const& script = scripts_.front().messages;
    auto const is_sent_frame = [](PreparedMessage const& message) {
        return message.is_raw_frame() && message.times() > 0;
    };
    return std::any_of(script.begin() + static_cast<std::ptrdiff_t>(message_) + 1, script.end(), is_sent_frame);
}

std::optional<std::uint64_t> count_messages(std::span<Script const> scripts) {
    std::uint64_t count = 0;
    for (auto const& script : scripts) {
        auto const messages = language::count_messages(script.repetitions);
        if (!messages || __builtin_add_overflow(count, *messages, &count)) return std::nullopt;
    }
    return count;
}

}  // namespace pathology::pathoc
