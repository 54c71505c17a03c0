// folder ─▶ names ─▶ texts ─▶ documents ─▶ configuration

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "multiupstream/document.hpp"
#include "multiupstream/upstream_reader.hpp"
#include "websocket/utf8.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_files = 256;
constexpr std::size_t max_file_size = std::size_t{4} << 20;  // bytes

using LoadResult = boost::system::result<Loaded, Mistakes>;

/// proxies.yaml first, then by the bytes of the names.
bool precedes(std::string_view a, std::string_view b) {
    constexpr std::string_view first = "proxies.yaml";
    if ((a == first) != (b == first)) return a == first;
    return a < b;
}

Mistakes only(Mistake mistake) { return {{std::move(mistake)}}; }

// --- texts ------------------------------------------------------------------------------------------------------------

std::optional<DocumentFailure> check_encoding(std::string_view text) {
    if (auto const zero = text.find('\0'); zero != text.npos)
        return DocumentFailure{{}, "a zero byte: the file is binary, or in an encoding other than UTF-8"};
    if (websocket::is_utf8(text)) return std::nullopt;
    Place place{1, 0};
    for (auto rest = text; !rest.empty(); ++place.line) {
        auto const end = std::min(rest.find('\n'), rest.size() - 1) + 1;
        if (!websocket::is_utf8(rest.substr(0, end))) break;
        rest.remove_prefix(end);
    }
    return DocumentFailure{place, "bytes that are not UTF-8; the files are in UTF-8"};
}

ParsedDocument parse(std::string_view file, std::string_view text) {
    if (text.size() > max_file_size)
        return DocumentFailure{{}, "larger than " + std::to_string(max_file_size >> 20) + " MiB"};
    if (auto failure = check_encoding(text)) return *std::move(failure);
    return file.ends_with(".json") ? parse_json(text) : parse_yaml(text);
}

Mistake mistake_of(std::string const& file, DocumentFailure const& failure) {
    auto const& [place, message] = failure;
    auto const column = place.column == 0 ? std::string() : "column " + std::to_string(place.column) + ": ";
    return {file, place.line, {}, column + message};
}

/// Takes the files in their order.
class Loader {
public:
    void add(std::string const& file, std::string_view text) {
        auto const parsed = parse(file, text);
        if (parsed)
            reader_.read_document(file, *parsed);
        else
            findings_.report(mistake_of(file, parsed.error()));
    }
    void report(Mistake mistake) { findings_.report(std::move(mistake)); }

    LoadResult finish() {
        if (!findings_.mistakes().empty()) return Mistakes{std::move(findings_.mistakes())};
        return Loaded{reader_.take(), std::move(findings_.warnings())};
    }

private:
    Findings findings_;
    UpstreamReader reader_{findings_};
};

// --- files ------------------------------------------------------------------------------------------------------------

bool is_configuration_file(std::string_view name) {
    if (name.starts_with('.')) return false;  // of editors, which remove them again
    return name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json");
}

class Descriptor {
public:
    explicit Descriptor(fs::path const& file) : fd_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    int get() const { return fd_; }

private:
    int fd_;
};

struct FileText {
    std::string text, failure;  ///< failure: empty if the text is complete
};

/// Does not block on a pipe, and reads at most one byte more than a file may have.
FileText read_bounded(fs::path const& path) {
    auto const cannot_read = [] { return FileText{{}, std::string("cannot read the file: ") + std::strerror(errno)}; };
    Descriptor const file(path);
    struct stat status {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) return cannot_read();
    if (!S_ISREG(status.st_mode)) return {{}, "neither a file nor a link to one"};
    FileText read;
    read.text.resize(max_file_size + 1);
    std::size_t size = 0;
    while (size < read.text.size()) {
        auto const count = ::read(file.get(), read.text.data() + size, read.text.size() - size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return cannot_read();
        if (count == 0) break;
        size += static_cast<std::size_t>(count);
    }
    read.text.resize(size);
    return read;
}

/// The names of the files to read, in their order.
boost::system::result<std::vector<std::string>, Mistakes> list_files(fs::path const& folder) {
    auto const fail = [&](std::string why) { return only({folder.string(), 0, {}, std::move(why)}); };
    std::error_code error;
    auto const status = fs::status(folder, error);
    if (status.type() == fs::file_type::not_found) return fail("the folder does not exist");
    if (error) return fail("cannot read the folder: " + error.message());
    if (status.type() != fs::file_type::directory) return fail("not a folder; name the one that has the files");
    std::vector<std::string> names;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        auto name = entry->path().filename().string();
        std::error_code ignored;
        if (is_configuration_file(name) && !entry->is_directory(ignored)) names.push_back(std::move(name));
        if (names.size() > max_files) return fail("more than " + std::to_string(max_files) + " files");
    }
    if (error) return fail("cannot read the folder: " + error.message());
    if (names.empty()) return fail("no file in the folder ends in .yaml, .yml or .json");
    std::ranges::sort(names, precedes);
    return names;
}

}  // namespace

LoadResult load_folder(fs::path const& folder) {
    auto const names = list_files(folder);
    if (!names) return names.error();
    Loader loader;
    for (auto const& name : *names) {
        auto const [text, failure] = read_bounded(folder / name);
        if (failure.empty())
            loader.add(name, text);
        else
            loader.report({name, 0, {}, failure});
    }
    return loader.finish();
}

LoadResult load_texts(std::vector<SourceText> texts) {
    if (texts.empty()) return only({{}, 0, {}, "there is no text"});
    std::ranges::stable_sort(texts, precedes, &SourceText::file);
    Loader loader;
    for (auto const& [file, text] : texts) loader.add(file, text);
    return loader.finish();
}

}  // namespace pathology::proxycore::multiupstream
