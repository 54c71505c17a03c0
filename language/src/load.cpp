#include <pathology/language/load.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

#include "comments.hpp"

namespace pathology::language {
namespace {

constexpr std::uint64_t max_spec_file_size = 16U << 20U;

SpecFailure cannot_read(std::string_view path, int error) {
    return {SpecErrc::file_access,
            "cannot load file '" + std::string(path) + "': " + std::generic_category().message(error),
            {}};
}

/// Reads to the end. The size of a pipe is not known before, and a device may have no end.
Parsed<std::string> read_stream(int descriptor, std::string_view path) {
    std::string text;
    std::array<char, 64U << 10U> block{};
    for (;;) {
        auto const n = ::read(descriptor, block.data(), block.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return cannot_read(path, errno);
        if (n == 0) break;
        text.append(block.data(), static_cast<std::size_t>(n));
        if (text.size() > max_spec_file_size)
            return SpecFailure{SpecErrc::too_long,
                               "the spec from '" + std::string(path) + "' has more bytes than the limit of " +
                                   std::to_string(max_spec_file_size),
                               {}};
    }
    blank_comments(text);
    return text;
}

/// Returns true for what is read from its start to its end, once: a pipe, a device, an open descriptor of this process.
bool is_stream(std::string_view path) {
    if (path == "/dev/stdin" || path.starts_with("/dev/fd/")) return true;
    std::error_code no_such_file;
    auto const type = std::filesystem::status(path, no_such_file).type();
    return type == std::filesystem::file_type::fifo || type == std::filesystem::file_type::character;
}

Parsed<std::string> read_stream_at(std::string_view path) {
    int const descriptor = ::open(std::string(path).c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return cannot_read(path, errno);
    auto text = read_stream(descriptor, path);
    ::close(descriptor);
    return text;
}

Parsed<SpecText> named(std::string_view name, Parsed<std::string> text) {
    if (!text) return text.error();
    return SpecText{std::string(name), std::move(*text)};
}

/// Returns true if an argument can be the name of a file, and is hardly a spec.
bool looks_like_file_name(std::string_view argument) {
    auto const is_of_a_name = [](char c) {
        return c > ' ' && c < '\x7f' && std::string_view("'\"<@:,").find(c) == std::string_view::npos;
    };
    return argument.size() <= 255 && argument.find_first_of("./") != std::string_view::npos &&
           std::all_of(argument.begin(), argument.end(), is_of_a_name);
}

}  // namespace

Parsed<SpecText> read_spec_argument(std::string_view argument, FileAccess const& files) {
    bool const is_named = argument.starts_with('+');
    auto const path = argument.substr(is_named ? 1 : 0);
    if (is_stream(path)) return named(path, read_stream_at(path));
    if (is_named) return named(path, load_spec(argument, files));
    std::error_code no_such_file;
    bool const is_file = !argument.empty() && std::filesystem::is_regular_file(argument, no_such_file);
    if (is_file) return named(argument, read_spec_file(argument, FileAccess::anywhere()));
    return SpecText{"spec", std::string(argument)};
}

Parsed<SpecText> read_spec_from_standard_input() { return named("stdin", read_stream(STDIN_FILENO, "stdin")); }

void add_file_hint(SpecFailure& failure, std::string_view argument) {
    if (failure.code != SpecErrc::syntax || !looks_like_file_name(argument)) return;
    failure.hint = "there is no regular file '" + std::string(argument) + "', so it was read as a spec";
}

Parsed<std::string> read_spec_file(std::string_view path, FileAccess const& files) {
    auto const file = files.open(path);
    if (file.has_error()) return file.error();
    auto const size = (*file)->size();
    if (size > max_spec_file_size) {
        return SpecFailure{SpecErrc::too_long,
                           "the spec file '" + std::string(path) + "' has " + std::to_string(size) +
                               " bytes; the limit is " + std::to_string(max_spec_file_size),
                           {}};
    }
    std::string text(size, '\0');
    if (auto const read = (*file)->read(0, text); read.has_error()) return read.error();
    blank_comments(text);
    return text;
}

Parsed<std::string> load_spec(std::string_view argument, FileAccess const& files) {
    if (argument.empty() || argument.front() != '+') return std::string(argument);
    return read_spec_file(argument.substr(1), files);
}

}  // namespace pathology::language
