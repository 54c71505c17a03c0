#include "temporary.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <system_error>

namespace pathology::kit {

TemporaryFile::TemporaryFile(std::string_view name, std::string_view content)
    : name_((std::filesystem::temp_directory_path() / std::string(name).append("-XXXXXX")).string()) {
    int const descriptor = ::mkstemp(name_.data());
    if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "cannot make " + name_);
    ::close(descriptor);
    std::ofstream(name_) << content;
}

TemporaryFile::~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(name_, ignored);
}

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

}  // namespace pathology::kit
