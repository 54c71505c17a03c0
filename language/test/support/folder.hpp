#pragma once
// A folder of files for one test, gone after it.

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace pathology::language::test {

class Folder {
public:
    Folder() {
        auto name = (std::filesystem::temp_directory_path() / "pathology.XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a folder for the test");
        path_ = name;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;

    std::filesystem::path const& path() const { return path_; }

    /// Writes a file below the folder, with the folders it needs.
    void write(std::string_view name, std::string_view content) const {
        auto const place = path_ / name;
        std::filesystem::create_directories(place.parent_path());
        std::ofstream(place, std::ios::binary) << content;
    }

private:
    std::filesystem::path path_;
};

}  // namespace pathology::language::test
