#include "multiupstream/folder_watch.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <vector>

namespace pathology::proxycore::multiupstream {

/// A file that is replaced by rename(2) has another inode, one that is written in place another size or time.
std::string FolderWatch::describe_files() const {
    std::vector<std::string> files;
    std::error_code failed;
    for (std::filesystem::directory_iterator entry(folder_, failed), end; !failed && entry != end;
         entry.increment(failed)) {
        struct stat found {};
        auto const& path = entry->path();
        if (::stat(path.c_str(), &found) != 0) continue;
        files.push_back(path.filename().string() + '\0' + std::to_string(found.st_ino) + ' ' +
                        std::to_string(found.st_size) + ' ' + std::to_string(found.st_mtim.tv_sec) + '.' +
                        std::to_string(found.st_mtim.tv_nsec) + ' ' + std::to_string(found.st_ctim.tv_sec) + '.' +
                        std::to_string(found.st_ctim.tv_nsec) + '\n');
    }
    std::sort(files.begin(), files.end());
    std::string all;
    for (auto const& file : files) all += file;
    return all;
}

/// The description comes first: what changes while the files are read is read again the next time.
FolderWatch::Loading FolderWatch::load() {
    last_ = describe_files();
    return load_folder(folder_);
}

std::optional<FolderWatch::Loading> FolderWatch::load_if_changed() {
    if (describe_files() == last_) return std::nullopt;
    return load();
}

}  // namespace pathology::proxycore::multiupstream
