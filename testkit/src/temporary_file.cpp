#include "temporary_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace pathology::testkit {

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

}  // namespace pathology::testkit
