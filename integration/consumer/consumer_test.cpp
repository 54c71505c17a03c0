// What a first-time user of the language library writes: parse a spec, print it back, point at what is wrong.
#include <gtest/gtest.h>

#include <pathology/language/parse.hpp>
#include <pathology/language/print.hpp>

namespace language = pathology::language;

TEST(Consumer, PrintsTheSpecItParsed) {
    auto const response = language::parse_response("200:b@100");
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(language::print(*response), "200:b@100");
}

TEST(Consumer, IsToldThatASpecIsWrong) { EXPECT_TRUE(language::parse_response("200:nonsense").has_error()); }
