// The program of the matrix: chooses cells, runs them and prints what became of them.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "matrix/covering.hpp"
#include "matrix/exchange.hpp"
#include "matrix/known.hpp"
#include "support/network_namespace.hpp"

namespace pathology::integration::matrix {
namespace {

constexpr auto usage =
    "matrix [--list] [--all] [--seed N] [--shard I/N] [--threads N] [--only CELL]...\n"
    "  runs each possible cell without fault and addon, and others that cover all pairs of values\n"
    "  --list       prints the cells in place of running them\n"
    "  --all        takes all possible cells\n"
    "  --seed N     of the choice (1)\n"
    "  --shard I/N  takes part I of N, counted from 1; the parts of a seed are all cells\n"
    "  --threads N  runs so many groups of cells at a time (2)\n"
    "  --only CELL  runs this cell, of the form mode/route/client/security/server/exchange/fault/addon; of a form with "
    "*\n"
    "               or a|b in place of a name, or with fewer names, the chosen cells\n";

struct Options {
    bool list = false, all = false;
    std::uint64_t seed = 1;
    std::size_t shard = 1, shards = 1;
    unsigned threads = 2;
    std::vector<std::string> only{};
};

std::optional<Options> parse(std::vector<std::string> const& words) {
    Options options;
    for (std::size_t i = 0; i < words.size(); ++i) {
        bool const has_value = i + 1 < words.size();
        if (words[i] == "--list") {
            options.list = true;
        } else if (words[i] == "--all") {
            options.all = true;
        } else if (words[i] == "--seed" && has_value) {
            options.seed = std::strtoull(words[++i].c_str(), nullptr, 10);
        } else if (words[i] == "--threads" && has_value) {
            options.threads = static_cast<unsigned>(std::strtoul(words[++i].c_str(), nullptr, 10));
        } else if (words[i] == "--only" && has_value) {
            options.only.push_back(words[++i]);
        } else if (words[i] == "--shard" && has_value) {
            auto const count = std::sscanf(words[++i].c_str(), "%zu/%zu", &options.shard, &options.shards);
            if (count != 2 || options.shard == 0 || options.shard > options.shards) return std::nullopt;
        } else {
            return std::nullopt;
        }
    }
    if (options.threads == 0) return std::nullopt;
    return options;
}

std::vector<Cell> all_possible() {
    std::vector<Cell> cells;
    for_each_cell([&](Cell const& cell) {
        if (!why_impossible(cell)) cells.push_back(cell);
    });
    return cells;
}

bool is_chosen(Cell const& cell, std::vector<std::string> const& only) {
    auto const has_cell = [&](std::string const& form) { return is_of_form(cell, form); };
    return only.empty() || std::any_of(only.begin(), only.end(), has_cell);
}

std::vector<Cell> chosen(Options const& options) {
    auto const is_one = [](std::string const& form) { return parse_cell(form).has_value(); };
    bool const needs_all = options.all || std::any_of(options.only.begin(), options.only.end(), is_one);
    auto cells = needs_all ? all_possible() : core();
    if (!needs_all) {
        auto const more = covering(options.seed);
        cells.insert(cells.end(), more.begin(), more.end());
    }
    std::erase_if(cells, [&](Cell const& cell) { return !is_chosen(cell, options.only); });
    return cells;
}

using Groups = std::map<Place, std::vector<Cell>>;

/// The part of the shard: whole groups, since the cells of one share their parts.
Groups grouped(std::vector<Cell> const& cells, Options const& options) {
    Groups all, part;
    for (auto const& cell : cells) all[Place::of(cell)].push_back(cell);
    std::size_t number = 0;
    for (auto& [place, of_place] : all)
        if (number++ % options.shards + 1 == options.shard) part.emplace(place, std::move(of_place));
    for (auto& [place, of_place] : part)
        std::stable_partition(of_place.begin(), of_place.end(),
                              [](Cell const& cell) { return !stays_at_server(cell); });
    return part;
}

/// Takes groups and runs them, in several threads.
class Runner {
public:
    Runner(Groups groups, std::string no_namespace)
        : groups_(std::move(groups)), no_namespace_(std::move(no_namespace)) {}

    void run_in(unsigned threads) {
        std::vector<std::thread> workers;
        for (unsigned i = 0; i < threads; ++i) workers.emplace_back([this] { work(); });
        for (auto& worker : workers) worker.join();
    }
    std::size_t passed = 0, failed = 0, left_out = 0;
    std::map<std::string, std::size_t> known{};  ///< how many cells failed by each fault of the proxy that is known
    std::multimap<std::chrono::milliseconds, Cell> durations{};

private:
    void work() {
        while (auto const group = next()) run_group(group->first, group->second);
    }
    std::optional<Groups::value_type> next() {
        std::scoped_lock const lock(mutex_);
        if (groups_.empty()) return std::nullopt;
        auto group = *groups_.begin();
        groups_.erase(groups_.begin());
        return group;
    }
    void run_group(Place const& place, std::vector<Cell> const& cells) {
        if (place.mode == Mode::transparent && !no_namespace_.empty()) {
            std::scoped_lock const lock(mutex_);
            left_out += cells.size();
            return;
        }
        std::unique_ptr<Topology> topology;
        try {
            topology = std::make_unique<Topology>(place);
        } catch (std::exception const& error) {
            for (auto const& cell : cells) tell(cell, {std::string("its parts do not start: ") + error.what()}, {});
            return;
        }
        std::optional<test::AsClient> client;  // the servers are not redirected
        if (place.mode == Mode::transparent) client.emplace();
        for (auto const& cell : cells) run_cell(*topology, cell);
    }
    void run_cell(Topology& topology, Cell const& cell) {
        auto const start = std::chrono::steady_clock::now();
        std::vector<std::string> lines;
        try {
            lines = run(topology, cell).lines();
        } catch (std::exception const& error) {
            lines.emplace_back(error.what());
        }
        if (!lines.empty())
            for (auto const& line : topology.proxy->log()) lines.push_back("log: " + line);
        tell(cell, lines, std::chrono::steady_clock::now() - start);
    }
    void tell(Cell const& cell, std::vector<std::string> lines, std::chrono::steady_clock::duration took) {
        std::scoped_lock const lock(mutex_);
        durations.emplace(std::chrono::duration_cast<std::chrono::milliseconds>(took), cell);
        if (auto const fault = known_fault(cell)) {
            if (lines.empty())
                lines.push_back("it passes, and is to be taken out of the known faults: " + *fault);
            else
                return ++known[*fault], void();
        }
        ++(lines.empty() ? passed : failed);
        if (lines.empty()) return;
        std::cout << "FAILED " << to_string(cell) << '\n';
        for (auto const& line : lines) std::cout << "    " << line << '\n';
        std::cout << "    repeat with: matrix_test --only " << to_string(cell) << std::endl;
    }

    std::mutex mutex_;
    Groups groups_;
    std::string no_namespace_;
};

void print_impossible() {
    struct Count {
        std::size_t all = 0, core = 0;
    };
    std::map<std::string, Count> reasons;
    std::size_t count = 0, all = 0;
    for_each_cell([&](Cell const& cell) {
        ++all;
        auto const reason = why_impossible(cell);
        if (!reason) return;
        ++count;
        auto& of_reason = reasons[*reason];
        ++of_reason.all;
        of_reason.core += cell.is_core() ? 1 : 0;
    });
    std::cout << count << " of " << all << " cells are impossible:\n";
    for (auto const& [reason, cells] : reasons)
        std::cout << "    " << cells.all << ", " << cells.core << " of them in the core: " << reason << '\n';
}

int run_all(Options const& options, Groups groups, std::string const& no_namespace) {
    auto const start = std::chrono::steady_clock::now();
    Runner runner(std::move(groups), no_namespace);
    runner.run_in(options.threads);
    print_impossible();
    if (runner.left_out != 0)
        std::cout << runner.left_out << " cells in transparent mode did not run: " << no_namespace << '\n';
    for (auto const& [fault, cells] : runner.known) std::cout << cells << " cells failed as known: " << fault << '\n';
    auto slow = runner.durations.rbegin();
    for (int i = 0; i < 5 && slow != runner.durations.rend(); ++i, ++slow)
        std::cout << slow->first.count() << " ms took " << to_string(slow->second) << '\n';
    auto const seconds =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - start).count();
    std::cout << runner.passed << " cells passed, " << runner.failed << " failed, in " << seconds << " s\n";
    return runner.failed == 0 && runner.passed != 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int run_program(std::vector<std::string> const& words) {
    auto const options = parse(words);
    if (!options) {
        std::cerr << usage;
        return 2;
    }
    auto const cells = chosen(*options);
    if (cells.empty()) {
        std::cerr << "no possible cell has that form\n";
        for (auto const& form : options->only)
            if (auto const cell = parse_cell(form))
                std::cerr << form << ": " << why_impossible(*cell).value_or("") << '\n';
        return 2;
    }
    auto groups = grouped(cells, *options);
    if (options->list) {
        for (auto const& [place, of_place] : groups)
            for (auto const& cell : of_place) std::cout << to_string(cell) << '\n';
        return EXIT_SUCCESS;
    }
    kit::set_failure_handler([](kit::Failure const& failure) { std::cout << failure.text << std::endl; });
    int result = EXIT_FAILURE;
    auto const refusal = test::run_in_namespace([&] { result = run_all(*options, groups, ""); });
    return refusal.empty() ? result : run_all(*options, std::move(groups), refusal);
}

}  // namespace
}  // namespace pathology::integration::matrix

int main(int count, char** words) { return pathology::integration::matrix::run_program({words + 1, words + count}); }
