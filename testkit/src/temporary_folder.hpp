// A folder that lives as long as an object.
#pragma once

#include <filesystem>
#include <string_view>

namespace pathology::testkit {

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
