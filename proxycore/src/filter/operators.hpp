// The table of operators, which the parser, the printer and the compiler of filters read.
#pragma once

#include <pathology/proxycore/filter/expression.hpp>
#include <span>
#include <string>
#include <string_view>

namespace pathology::proxycore::filter {

struct Operator {
    enum class Argument : std::uint8_t { none, pattern, status };
    /// What a regular expression of this operator is compiled with.
    enum class Lines : std::uint8_t {
        one,            ///< the dot does not match LF; `^` and `$` match at the ends of the text
        dot_all,        ///< the dot matches LF, too
        multiple_lines  ///< `^` and `$` match at the ends of lines
    };

    std::string_view name;  ///< without the `~`
    Test test;
    Argument argument = Argument::none;
    Lines lines = Lines::one;
    bool ignores_case = false;  ///< whatever the options are
};

/// All operators, in the order of Test.
std::span<Operator const> operators();
/// nullptr if no operator has this name.
Operator const* find_operator(std::string_view name);
Operator const& operator_of(Test test);

}  // namespace pathology::proxycore::filter
