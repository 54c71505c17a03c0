#pragma once
// VALUE and OFFSET.

#include <boost/fusion/include/adapt_struct.hpp>
#include <pathology/language/generator.hpp>
#include <pathology/language/values.hpp>

#include "grammar/build.hpp"
#include "grammar/hint.hpp"
#include "grammar/offset.hpp"
#include "grammar/terminals.hpp"

namespace pathology::language::grammar {

/// `100k`: a count and its suffix, with nothing between them. Fails if the product overflows.
struct SizeParser : x3::parser<SizeParser> {
    using attribute_type = Generated;
    static bool const has_attribute = true;

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext& rule_context,
               Attribute& attribute) const {
        static constexpr std::string_view suffixes = "bkmgt";
        auto const* it = first;
        Generated generated;
        if (!number.parse(it, last, context, rule_context, generated.count)) return false;
        if (it != last && suffixes.find(*it) != std::string_view::npos) {
            generated.unit = static_cast<SizeUnit>(suffixes.find(*it++));
        }
        if (generated.count > (UINT64_MAX >> (10U * static_cast<unsigned>(generated.unit)))) {
            errors(context).fail_hard(first, "a size below 2^64 bytes");
            return false;
        }
        first = it;
        x3::traits::move_to(generated, attribute);
        return true;
    }
};

struct DataTypeSymbols : x3::symbols<DataType> {
    DataTypeSymbols() {
        for (auto i = 0U; i <= static_cast<unsigned>(DataType::bytes); ++i) {
            auto const type = static_cast<DataType>(i);
            add(std::string(language::name(type)), type);
        }
    }
} const data_type;

// @SIZE[,TYPE]
struct SizeAndType {
    Generated size;
    boost::optional<DataType> type;
};

}  // namespace pathology::language::grammar

BOOST_FUSION_ADAPT_STRUCT(pathology::language::grammar::SizeAndType, size, type)

namespace pathology::language::grammar {

auto const to_generated = [](SizeAndType part) {
    part.size.type = part.type.value_or(DataType::bytes);
    return Value(part.size);
};
auto const to_file = [](Word path) { return Value(FileValue{std::move(path.text)}); };
auto const to_literal = [](Word word) { return Value(Literal{std::move(word.text), false}); };
auto const to_bare_word = [](Word word) { return Value(Literal{std::move(word.text), true}); };

auto const colon = -x3::lit(':');

auto const generated = build<SizeAndType>(
    to_generated, '@' >> named("a size", SizeParser{}) >> -(',' >> named("a data type (such as digits)", data_type)));
auto const file = build<Word>(to_file, '<' >> named("a file path", quoted_path | bare_path));
auto const literal = build<Word>(to_literal, quoted_text);
auto const bare_word = build<Word>(to_bare_word, bare_text);

auto const quoted_value = named(quoted_value_name, generated | file | literal);
auto const any_value = named("a value ('text', a word, @SIZE or <FILE)", generated | file | literal | bare_word);

// OFFSET: a number, `r`, or a place and a number of bytes from it.
auto const offset = named("an offset (a number, r, a, head, body, chunkN, trailer or frameN)", OffsetParser{});

}  // namespace pathology::language::grammar
