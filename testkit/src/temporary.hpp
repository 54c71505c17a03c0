// Files and folders that live as long as an object.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace pathology::testkit {

class TemporaryFile {
public:
    /// Writes `content` into a new file of the system's temporary folder; `name` begins its name.
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
    /// Makes it in the system's temporary folder; `name` begins its name.
    /// Errors: std::system_error naming the folder.
    explicit TemporaryFolder(std::string_view name);
    ~TemporaryFolder();
    TemporaryFolder(TemporaryFolder const&) = delete;
    TemporaryFolder& operator=(TemporaryFolder const&) = delete;

    std::filesystem::path const& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace pathology::testkit
