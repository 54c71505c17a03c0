// The fenced blocks of a page in Markdown, for tests that run what the page shows.
#pragma once

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace pathology::test {

/// A block that is fenced as ```KIND or ```KIND NAME.
struct Block {
    std::string kind, name, text;
    std::size_t line = 0;  ///< of its first fence, from 1
};

inline std::vector<Block> blocks_of(std::string const& page) {
    std::ifstream file(page);
    if (!file) throw std::runtime_error("cannot read " + page);
    std::vector<Block> blocks;
    bool is_inside = false;
    std::size_t number = 1;
    for (std::string line; std::getline(file, line); ++number) {
        if (!line.starts_with("```")) {
            if (is_inside) blocks.back().text += line + "\n";
            continue;
        }
        is_inside = !is_inside;
        if (!is_inside) continue;
        auto const blank = std::min(line.find(' '), line.size());
        blocks.push_back({line.substr(3, blank - 3), line.substr(std::min(blank + 1, line.size())), {}, number});
    }
    return blocks;
}

/// Those of one kind.
inline std::vector<Block> blocks_of(std::string const& page, std::string const& kind) {
    auto blocks = blocks_of(page);
    std::erase_if(blocks, [&](Block const& block) { return block.kind != kind; });
    return blocks;
}

}  // namespace pathology::test
