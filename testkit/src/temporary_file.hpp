// A file that lives as long as an object.
#pragma once

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

}  // namespace pathology::testkit
