// Remembers what was sent, so that nothing is sent twice.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>

namespace pathology::pathoc {

class Memo {
public:
    /// More repetitions in a row than `limit` mean that nothing new is to be expected.
    explicit Memo(std::uint64_t limit) : limit_(limit) {}

    /// True the first time it sees a spec.
    bool is_new(std::string const& spec) {
        bool const is_new = seen_.insert(spec).second;
        repeated_ = is_new ? 0 : repeated_ + 1;
        return is_new;
    }

    bool is_exhausted() const { return repeated_ > limit_; }

private:
    std::uint64_t limit_;
    std::uint64_t repeated_ = 0;  // in a row
    std::unordered_set<std::string> seen_;
};

}  // namespace pathology::pathoc
