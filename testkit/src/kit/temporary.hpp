// Temporary files and folders, removed by their destructors.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace pathology::kit {

class TemporaryFile {
public:
    /// Writes `content` to a new file in the temporary folder of the system. The file name begins with `name`.
    /// Errors: std::system_error naming the file.
    TemporaryFile(std::string_view name, std::string_view content);
    ~TemporaryFile();
    TemporaryFile(TemporaryFile const&) = delete;
    TemporaryFile& operator=(TemporaryFile const&) = delete;

    std::string const& name() const { return name_; }

private:
    std::string name_;
};

class TemporaryFolder {
public:
    /// Creates a folder in the temporary folder of the system. Its name begins with `name`.
    /// Errors: std::system_error naming the folder.
    explicit TemporaryFolder(std::string_view name);
    ~TemporaryFolder();
    TemporaryFolder(TemporaryFolder const&) = delete;
    TemporaryFolder& operator=(TemporaryFolder const&) = delete;

    std::filesystem::path const& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace pathology::kit
