// What one argument of the command line says to send, and all of them in the order of their sending.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <pathology/language/files.hpp>
#include <pathology/language/settings.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "prepared.hpp"

namespace pathology::pathoc {

/// The messages of one spec, in order.
using Script = std::vector<Prepared>;

/// A spec that was refused; complete lines for standard error.
struct Refused {
    std::string text;
};

/// Reads an argument: a spec, the name of a file that holds one, or `+` and such a name.
/// Errors: `spec:LINE:COL: message`, the line and a caret; the file's name in place of `spec` when it came from one.
boost::system::result<Script, Refused> load_script(std::string const& argument, language::Settings const& settings,
                                                   language::Freezing freezing,
                                                   Checking checking = Checking::before_sending);

/// Prepares the messages of a spec's text; `checking` is about all but the first.
language::Parsed<Script> read_script(std::string_view text, language::Settings const& settings,
                                     language::Freezing freezing, Checking checking = Checking::before_sending);

/// Walks through the messages of scripts, each as often as its `xN` says.
class Playlist {
public:
    explicit Playlist(std::span<Script const> scripts) : scripts_(scripts) {}

    /// The next message, nullptr at the end. Repetition costs no memory.
    Prepared const* next();

private:
    std::span<Script const> scripts_;
    std::size_t message_ = 0;
    std::uint64_t repeated_ = 0;
};

/// How many messages a playlist of these scripts gives; nothing when 64 bits cannot hold it.
std::optional<std::uint64_t> count_messages(std::span<Script const> scripts);

}  // namespace pathology::pathoc
