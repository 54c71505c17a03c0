#include "matrix/covering.hpp"

#include <map>
#include <random>
#include <set>
#include <tuple>

namespace pathology::integration::matrix {
namespace {

constexpr std::size_t mode_axis = 0, exchange_axis = 5, fault_axis = 6;
constexpr int candidates = 40;  // that are compared for each cell

/// Two axes and a value of each.
using Pair = std::tuple<std::size_t, std::size_t, std::size_t, std::size_t>;

template <class Visit> void for_each_pair(Cell const& cell, Visit visit) {
    for (std::size_t a = 0; a < axis_count; ++a)
        for (std::size_t b = a + 1; b < axis_count; ++b) visit(Pair{a, cell.values[a], b, cell.values[b]});
}

/// The pairs that no cell has yet, each with its possible cells.
class Missing {
public:
    void add(Cell const& cell) {
        auto const number = cells_.size();
        cells_.push_back(cell);
        for_each_pair(cell, [&](Pair const& pair) { pairs_[pair].push_back(number); });
    }
    void cover(Cell const& cell) {
        for_each_pair(cell, [&](Pair const& pair) { pairs_.erase(pair); });
    }
    int count_in(Cell const& cell) const {
        int count = 0;
        for_each_pair(cell, [&](Pair const& pair) { count += pairs_.contains(pair) ? 1 : 0; });
        return count;
    }
    /// The cell among these with the most missing pairs, of some that are drawn.
    Cell best(std::vector<std::size_t> const& numbers, std::mt19937_64& random) const {
        Cell best;
        int most = -1;
        for (int i = 0; i < candidates; ++i) {
            auto const& cell = cells_[numbers[random() % numbers.size()]];
            auto const count = count_in(cell);
            if (count > most) best = cell, most = count;
        }
        return best;
    }
    /// The cells of a pair that is missing; nullptr: none is.
    std::vector<std::size_t> const* first() const { return pairs_.empty() ? nullptr : &pairs_.begin()->second; }

private:
    std::vector<Cell> cells_;
    std::map<Pair, std::vector<std::size_t>> pairs_;
};

}  // namespace

std::vector<Cell> core() {
    std::vector<Cell> cells;
    for_each_cell([&](Cell const& cell) {
        if (cell.is_core() && !why_impossible(cell)) cells.push_back(cell);
    });
    return cells;
}

std::vector<Cell> covering(std::uint64_t seed) {
    Missing missing;
    std::map<std::tuple<std::size_t, std::size_t, std::size_t>, std::vector<std::size_t>> triples;
    std::size_t number = 0;
    for_each_cell([&](Cell const& cell) {
        if (why_impossible(cell)) return;
        missing.add(cell);
        auto const& values = cell.values;
        if (cell.fault() != Fault::none)
            triples[{values[mode_axis], values[exchange_axis], values[fault_axis]}].push_back(number);
        ++number;
    });
    for (auto const& cell : core()) missing.cover(cell);
    std::mt19937_64 random(seed);
    std::set<Cell> chosen;
    auto const choose = [&](std::vector<std::size_t> const& numbers) {
        auto const cell = missing.best(numbers, random);
        missing.cover(cell);
        chosen.insert(cell);
    };
    for (auto const& [triple, numbers] : triples) choose(numbers);
    while (auto const* const numbers = missing.first()) {
        auto const of_pair = *numbers;  // choose() erases it
        choose(of_pair);
    }
    return {chosen.begin(), chosen.end()};
}

}  // namespace pathology::integration::matrix
