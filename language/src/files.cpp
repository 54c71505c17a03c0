// Specs come from the network, so a path in a spec is hostile: it must not leave the folder, block, or change while it
// is read.
//
//     path ─▶ join ─▶ canonical (follows links) ─▶ below the folder? ─▶ open ─▶ fstat: regular? ─▶ size is fixed

#include <pathology/language/files.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace pathology::language {
namespace {

namespace fs = std::filesystem;

SpecFailure refused(std::string_view path, std::string_view why) {
    return {SpecErrc::file_access, "cannot load file '" + std::string(path) + "': " + std::string(why), {}};
}

/// Returns true if `path` is below `folder`. By components: /srv/files2 is not below /srv/files.
bool is_below(fs::path const& path, fs::path const& folder) {
    auto const [at, end] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
    (void)end;
    return at == folder.end();
}

}  // namespace

FileContent::FileContent(int descriptor, std::uint64_t size, std::string name) noexcept
    : descriptor_(descriptor), size_(size), name_(std::move(name)) {}

FileContent::~FileContent() { ::close(descriptor_); }

Parsed<void> FileContent::read(std::uint64_t offset, std::span<char> into) const {
    while (!into.empty()) {
        auto const n = ::pread(descriptor_, into.data(), into.size(), static_cast<off_t>(offset));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return refused(name_, std::generic_category().message(errno));
        // Content-Length and offsets were computed from the size at open.
        if (n == 0) return refused(name_, "it became shorter while it was being sent");
        offset += static_cast<std::uint64_t>(n);
        into = into.subspan(static_cast<std::size_t>(n));
    }
    return {};
}

FileAccess FileAccess::none() { return {Scope::none, {}}; }

FileAccess FileAccess::below(fs::path folder) {
    std::error_code ec;
    auto real = fs::canonical(folder, ec);
    return {Scope::below, ec ? fs::absolute(folder) : std::move(real)};
}

FileAccess FileAccess::anywhere(fs::path folder) { return {Scope::anywhere, std::move(folder)}; }

Parsed<fs::path> FileAccess::locate(std::string_view path) const {
    if (scope_ == Scope::none) return refused(path, "no folder for files was given");
    if (path.empty()) return refused(path, "the path is empty");
    if (path.find('\0') != std::string_view::npos) return refused(path, "the path contains a zero byte");
    auto const joined = folder_ / fs::path(path);
    if (scope_ == Scope::anywhere) return joined;
    std::error_code ec;
    auto real = fs::canonical(joined, ec);  // resolves symbolic links, which may lead out of the folder
    if (!ec && !is_below(real, folder_)) return refused(path, "it is outside the folder for files");
    if (ec) return refused(path, ec.message());
    return real;
}

Parsed<std::shared_ptr<FileContent const>> FileAccess::open(std::string_view path) const {
    auto const place = locate(path);
    if (place.has_error()) return place.error();
    // O_NONBLOCK: opening a pipe without a writer would block; it is refused below.
    int const descriptor = ::open(place->c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return refused(path, std::generic_category().message(errno));
    struct stat status {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        ::close(descriptor);
        return refused(path, "it is not a regular file");
    }
    return std::make_shared<FileContent const>(descriptor, static_cast<std::uint64_t>(status.st_size),
                                               std::string(path));
}

}  // namespace pathology::language
