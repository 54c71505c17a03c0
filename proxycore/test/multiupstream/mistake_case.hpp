// Each mistake in a file: its place and its message.
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <pathology/proxycore/multiupstream/configuration.hpp>
#include <string>
#include <string_view>

#include "multiupstream/summary.hpp"

namespace pathology::proxycore::multiupstream {

/// A file, and all that is wrong with it.
struct MistakeCase {
    std::string_view name, file;
    std::string text;
    std::string mistakes;  ///< lines
};

inline void PrintTo(MistakeCase const& row, std::ostream* out) { *out << row.name; }

inline std::string name_of(testing::TestParamInfo<MistakeCase> const& row) { return std::string(row.param.name); }

inline void expect_mistakes(MistakeCase const& row) {
    EXPECT_EQ(summary(load_texts({{std::string(row.file), row.text}})), row.mistakes + "\n");
}

/// A file whose third line has these fields beside the name of a proxy, and whose fourth has its rule.
inline std::string file_with(std::string_view fields) {
    return "proxies:\n- name: a\n  " + std::string(fields) + "\n  rules: [{type: default}]\n";
}

}  // namespace pathology::proxycore::multiupstream
