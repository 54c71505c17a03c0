// What client and server do in a cell, and what everybody has to see of it.
#pragma once

#include <string>
#include <vector>

#include "matrix/topology.hpp"

namespace pathology::integration::matrix {

/// What was expected of a cell and is not so, a line each.
class Report {
public:
    template <class Value, class Other>
    void expect_equal(std::string const& what, Value const& seen, Other const& expected) {
        if (seen == expected) return;
        add(what + " is " + printed(seen) + ", expected " + printed(expected));
    }
    void expect(bool holds, std::string const& otherwise) {
        if (!holds) add(otherwise);
    }
    void add(std::string line) { lines_.push_back(std::move(line)); }
    std::vector<std::string> const& lines() const { return lines_; }

private:
    static std::string printed(std::string_view text) {
        constexpr std::size_t shown = 120;
        return "'" + std::string(text.substr(0, shown)) + (text.size() > shown ? "…" : "") + "'";
    }
    template <class Number>
    requires std::is_arithmetic_v<Number>
    static std::string printed(Number number) { return std::to_string(number); }

    std::vector<std::string> lines_;
};

/// Runs the cell, and looks at the client's response, the server's request, the hooks, the flow, and the end of all connections.
/// Throws what the kit throws when one of them does not come.
Report run(Topology& topology, Cell const& cell);
/// Whether a connection of the cell stays open at the server: pathod stalls without reading the rest of an upload, and does
/// not see behind it that its client has gone. Such cells are the last ones of a topology.
bool stays_at_server(Cell const& cell);

// --- kinds of exchanges ---
void run_http(Topology& topology, Cell const& cell, Report& report);
void run_websocket(Topology& topology, Cell const& cell, Report& report);
void run_tcp(Topology& topology, Cell const& cell, Report& report);

/// The end of the spec of a fault at a place of a message: `:dbody+3,rst`.
std::string fault_at(Fault fault, std::string const& place);
/// The hooks of the flow of the cell, those of tunnels left out. Waits until the client has gone.
std::string hooks_since(Topology const& topology, std::size_t flows_before);
/// How long a record may take.
inline constexpr std::chrono::seconds record_patience{5};

}  // namespace pathology::integration::matrix
