// Codings one after the other: what one gives, the next takes, block by block.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "stage.hpp"

namespace pathology::proxycore::content {

/// A coding in its place, and how much it may give.
struct Section {
    Coding coding;
    std::unique_ptr<Stage> stage;
    std::uint64_t room;  ///< bytes of output it has left
};

class Pipeline {
public:
    explicit Pipeline(std::vector<Section> sections, std::uint64_t limit)
        : sections_(std::move(sections)), limit_(limit) {}

    Result<void> feed(std::string_view piece, std::string& out) { return feed_from(0, piece, out); }
    Result<void> finish(std::string& out);

private:
    Result<void> feed_from(std::size_t index, std::string_view piece, std::string& out);
    /// What section `index` gives its output to.
    Sink sink_after(std::size_t index, std::string& out);

    std::vector<Section> sections_;
    std::uint64_t limit_;
};

}  // namespace pathology::proxycore::content
