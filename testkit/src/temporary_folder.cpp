#include "temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace pathology::testkit {

TemporaryFolder::TemporaryFolder(std::string_view name) {
    auto pattern = (std::filesystem::temp_directory_path() / std::string(name).append("-XXXXXX")).string();
    if (::mkdtemp(pattern.data()) == nullptr)
        throw std::system_error(errno, std::generic_category(), "cannot make " + pattern);
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace pathology::testkit
