#include "comments.hpp"

#include "spec_scanner.hpp"

namespace pathology::language {

// A `#` inside a quoted literal is text, also at the start of a line.
void blank_comments(std::string& text) {
    SpecScanner scanner;
    for (char& c : text)
        if (scanner.take(c) == SpecScanner::Part::comment) c = ' ';
}

}  // namespace pathology::language
