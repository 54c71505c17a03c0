#include "spec_argument.hpp"

#include <filesystem>

namespace pathology::pathod {

language::Parsed<std::string> read_spec_argument(std::string_view argument, language::FileAccess const& files) {
    std::error_code no_such_file;
    bool const is_file = !argument.empty() && std::filesystem::is_regular_file(argument, no_such_file);
    if (is_file) return language::read_spec_file(argument, language::FileAccess::anywhere());
    return language::load_spec(argument, files);
}

}  // namespace pathology::pathod
