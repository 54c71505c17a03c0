// What the covering cells of the matrix promise, counted.
#include "matrix/covering.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "matrix/known.hpp"

namespace pathology::integration::matrix {
namespace {

using Values = std::vector<std::size_t>;

std::set<Values> pairs_of(std::vector<Cell> const& cells) {
    std::set<Values> pairs;
    for (auto const& cell : cells)
        for (std::size_t a = 0; a < axis_count; ++a)
            for (std::size_t b = a + 1; b < axis_count; ++b) pairs.insert({a, cell.values[a], b, cell.values[b]});
    return pairs;
}

std::set<Values> faults_of(std::vector<Cell> const& cells) {
    std::set<Values> triples;
    for (auto const& cell : cells)
        if (cell.fault() != Fault::none) triples.insert({cell.values[0], cell.values[5], cell.values[6]});
    return triples;
}

std::vector<Cell> possible() {
    std::vector<Cell> cells;
    for_each_cell([&](Cell const& cell) {
        if (!why_impossible(cell)) cells.push_back(cell);
    });
    return cells;
}

TEST(MatrixCovering, HasEachPairAndEachFaultOfEachExchangeInEachMode) {
    auto cells = core();
    auto const others = covering(1);
    cells.insert(cells.end(), others.begin(), others.end());
    auto const all = possible();
    EXPECT_EQ(pairs_of(cells), pairs_of(all));
    EXPECT_EQ(faults_of(cells), faults_of(all));
    EXPECT_LT(cells.size(), all.size() / 4);
    for (auto const& cell : cells) EXPECT_FALSE(why_impossible(cell)) << to_string(cell);
}

TEST(MatrixCovering, IsTheSameForASeed) {
    EXPECT_EQ(covering(7), covering(7));
    EXPECT_NE(covering(7), covering(8));
}

TEST(MatrixCell, IsReadAsItIsPrinted) {
    for_each_cell([](Cell const& cell) { EXPECT_EQ(parse_cell(to_string(cell)), cell); });
    for (auto const* const text :
         {"", "regular", "regular/direct/h1/tls/h1/small/none", "regular/direct/h1/tls/h1/small/none/none/x"})
        EXPECT_FALSE(parse_cell(text)) << text;
}

TEST(MatrixCell, HasTheFormsThatNameIt) {
    auto const cell = parse_cell("regular/direct/h1/tls/h2/small/none/holds").value();
    for (auto const* const form : {"regular/direct/h1/tls/h2/small/none/holds", "regular/", "regular", "*/direct|http",
                                   "*/*/*/*/h1|h2/small|large/*/holds"})
        EXPECT_TRUE(is_of_form(cell, form)) << form;
    for (auto const* const form : {"reverse/", "reg", "*/http|chain", "regular/direct/h1/tls/h2/small/none/edits",
                                   "regular/direct/h1/tls/h2/small/none/holds/more"})
        EXPECT_FALSE(is_of_form(cell, form)) << form;
}

}  // namespace
}  // namespace pathology::integration::matrix
