// Reads the text format of Prometheus 0.0.4 as strictly as Prometheus does, and fails the test for what it does not take.
#pragma once

#include <gtest/gtest.h>

#include <charconv>
#include <limits>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::test {

/// The samples by name and labels as they stand: `x_total{folder="a",upstream="b"}`.
class PrometheusText {
public:
    explicit PrometheusText(std::string const& text) {
        EXPECT_TRUE(text.ends_with('\n'));
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) read(line);
        for (auto const& [series, buckets] : buckets_) expect_cumulative(series, buckets);
    }

    /// Fails the test if there is no such sample.
    double value(std::string const& series) const {
        auto const found = samples_.find(series);
        if (found != samples_.end()) return found->second;
        ADD_FAILURE() << "no sample " << series;
        return std::numeric_limits<double>::quiet_NaN();
    }
    std::map<std::string, double> const& samples() const { return samples_; }
    std::string type_of(std::string const& family) const {
        auto const found = types_.find(family);
        return found == types_.end() ? "" : found->second;
    }

private:
    void read(std::string const& line) {
        static std::regex const help(R"(# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ([^\\\n]|\\\\|\\n)+)");
        static std::regex const type(R"(# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram))");
        static std::regex const sample(R"(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})? (\S+))");
        std::smatch parts;
        if (std::regex_match(line, parts, help)) {
            EXPECT_TRUE(helps_.insert(parts[1]).second) << "a second " << line;
        } else if (std::regex_match(line, parts, type)) {
            EXPECT_TRUE(types_.emplace(parts[1], parts[2]).second) << "a second " << line;
            EXPECT_TRUE(helps_.contains(parts[1])) << line << " without HELP";
            family_ = parts[1];
        } else if (std::regex_match(line, parts, sample)) {
            add(parts[1], parts[2], parts[3]);
        } else {
            ADD_FAILURE() << "neither HELP, TYPE nor a sample: " << line;
        }
    }

    void add(std::string const& name, std::string const& labels, std::string const& text) {
        auto const value = number_of(text);
        EXPECT_TRUE(value) << "not a number: " << text;
        if (!value) return;
        EXPECT_TRUE(samples_.emplace(name + labels, *value).second) << "a second " << name << labels;
        auto const kind = types_[family_];
        auto pairs = labels_of(labels);
        if (kind == "histogram") return add_to_histogram(name, std::move(pairs), *value);
        EXPECT_EQ(name, family_) << "outside of its family";
        EXPECT_TRUE(kind != "counter" || (name.ends_with("_total") && *value >= 0)) << name;
    }

    void add_to_histogram(std::string const& name, std::map<std::string, std::string> labels, double value) {
        auto const part = name.substr(std::min(family_.size(), name.size()));
        EXPECT_TRUE(name.starts_with(family_) && (part == "_bucket" || part == "_sum" || part == "_count")) << name;
        if (part == "_sum") return;
        auto const bound = part == "_count" ? "count" : labels["le"];
        labels.erase("le");
        std::string series = family_;
        for (auto const& [label, its] : labels) series += "," + label + "=" + its;
        buckets_[series].emplace_back(bound, value);
    }

    static void expect_cumulative(std::string const& series, std::vector<std::pair<std::string, double>> const& all) {
        double bound = -1, below = 0;
        std::map<std::string, double> const by_bound(all.begin(), all.end());
        for (auto const& [text, count] : all) {
            if (text == "count") continue;
            auto const its = number_of(text);
            ASSERT_TRUE(its) << series << " le=" << text;
            EXPECT_GT(*its, bound) << series;
            EXPECT_GE(count, below) << series << " le=" << text;
            bound = *its;
            below = count;
        }
        ASSERT_TRUE(by_bound.contains("+Inf") && by_bound.contains("count")) << series;
        EXPECT_EQ(by_bound.at("+Inf"), by_bound.at("count")) << series;
    }

    /// `{a="x",b="y"}` with the escapes \\, \" and \n.
    static std::map<std::string, std::string> labels_of(std::string const& text) {
        static std::regex const pair(R"re(^([a-zA-Z_][a-zA-Z0-9_]*)="(([^"\\]|\\\\|\\"|\\n)*)"(,|$))re");
        std::map<std::string, std::string> labels;
        std::string rest = text.empty() ? "" : text.substr(1, text.size() - 2);
        for (std::smatch parts; !rest.empty(); rest = parts.suffix()) {
            if (!std::regex_search(rest, parts, pair)) {
                ADD_FAILURE() << "bad labels " << text << " from " << rest;
                break;
            }
            EXPECT_TRUE(labels.emplace(parts[1], parts[2]).second) << "a label twice in " << text;
        }
        return labels;
    }

    static std::optional<double> number_of(std::string const& text) {
        if (text == "+Inf") return std::numeric_limits<double>::infinity();
        double value = 0;
        auto const [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
        return ec == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
    }

    std::set<std::string> helps_;
    std::map<std::string, std::string> types_;
    std::map<std::string, double> samples_;
    std::map<std::string, std::vector<std::pair<std::string, double>>> buckets_;
    std::string family_;
};

}  // namespace pathology::test
