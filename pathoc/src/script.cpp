// SPEC arguments become messages. An argument is, in this order: `+FILE` as in the language, the name of a regular
// file, or the spec itself. Errors carry the name of the source and the line.

#include "script.hpp"

#include <filesystem>
#include <pathology/language/load.hpp>
#include <pathology/language/parse.hpp>

namespace pathology::pathoc {
namespace {

/// The text of a spec, and its name in error messages.
struct Source {
    std::string name, text;
};

language::Parsed<Source> read_source(std::string const& argument, language::FileAccess const& files) {
    if (argument.starts_with('+')) {
        auto text = language::load_spec(argument, files);
        if (!text) return text.error();
        return Source{argument.substr(1), std::move(*text)};
    }
    std::error_code no_such_file;
    if (!std::filesystem::is_regular_file(argument, no_such_file)) return Source{"spec", argument};
    auto text = language::read_spec_file(argument, files);
    if (!text) return text.error();
    return Source{argument, std::move(*text)};
}

}  // namespace

language::Parsed<Script> read_script(std::string_view text, language::Settings const& settings,
                                     language::Freezing freezing, Checking checking) {
    auto messages = settings.protocol == language::Protocol::http2 ? language::parse_http2_requests(text)
                                                                   : language::parse_requests(text);
    if (!messages) return messages.error();
    Script script;
    for (auto& message : *messages) {
        // A script whose first message cannot be sent has to fail before the connection is made.
        auto const check_now = script.empty() ? Checking::before_sending : checking;
        auto prepared = PreparedMessage::make(std::move(message), settings, freezing, check_now);
        if (!prepared) return prepared.error();
        script.push_back(std::move(*prepared));
    }
    return script;
}

boost::system::result<Script, SpecError> load_script(std::string const& argument, language::Settings const& settings,
                                                     language::Freezing freezing, Checking checking) {
    auto const source = read_source(argument, settings.files);
    if (!source) return SpecError{language::describe(source.error(), argument) + "\n"};
    auto script = read_script(source->text, settings, freezing, checking);
    if (!script) return SpecError{language::describe(script.error(), source->text, source->name) + "\n"};
    return std::move(*script);
}

PreparedMessage const* MessageSequence::next() {
    while (!scripts_.empty()) {
        auto const& script = scripts_.front();
        for (; message_ < script.size(); ++message_, repeated_ = 0) {
            if (repeated_++ < script[message_].times()) return &script[message_];
        }
        scripts_ = scripts_.subspan(1);
        message_ = repeated_ = 0;
    }
    return nullptr;
}

std::optional<std::uint64_t> count_messages(std::span<Script const> scripts) {
    std::uint64_t count = 0;
    for (auto const& script : scripts) {
        for (auto const& message : script) {
            if (__builtin_add_overflow(count, message.times(), &count)) return std::nullopt;
        }
    }
    return count;
}

}  // namespace pathology::pathoc
