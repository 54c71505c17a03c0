// The files of a multi-upstream folder, and whether they have changed.
#pragma once

#include <filesystem>
#include <optional>
#include <pathology/proxycore/multiupstream/configuration.hpp>
#include <string>

namespace pathology::proxycore::multiupstream {

/// Reads the folder again when a file of it was added, removed or changed.
///
/// Thread: one at a time; the functions read files, so they are not for an event loop.
class FolderWatch {
public:
    using Loading = boost::system::result<Loaded, Mistakes>;

    explicit FolderWatch(std::filesystem::path folder) : folder_(std::move(folder)) {}

    std::filesystem::path const& folder() const { return folder_; }
    /// Reads the folder whether it has changed or not.
    Loading load();
    /// std::nullopt if nothing has changed since the last load.
    std::optional<Loading> load_if_changed();

private:
    std::string describe_files() const;

    std::filesystem::path folder_;
    std::string last_;  // names, sizes and times of the files, as of the last load
};

}  // namespace pathology::proxycore::multiupstream
