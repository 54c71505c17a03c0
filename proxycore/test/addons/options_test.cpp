#include <gmock/gmock.h>

#include <ostream>
#include <pathology/proxycore/addons/options.hpp>
#include <pathology/proxycore/errors.hpp>

#include "support/row_name.hpp"

namespace pathology::proxycore::addons {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Options some_options() {
    Options options;
    options.declare({"flag", false, "Whether."});
    options.declare({"number", std::int64_t{8080}});
    options.declare({"maybe_number", OptionalNumber{5}});
    options.declare({"text", std::string("a"), "Which.", {"a", "b"}});
    options.declare({"maybe_text", OptionalText("x")});
    options.declare({"list", TextList{"one"}});
    return options;
}

std::string message_of(std::function<void()> const& act) {
    try {
        act();
    } catch (OptionsError const& error) {
        return error.what();
    }
    return "nothing was thrown";
}

struct SettingCase {
    std::string_view name;
    std::vector<std::string> settings;
    std::string_view option;
    OptionValue value;
};
void PrintTo(SettingCase const& row, std::ostream* out) { *out << row.name; }
class P41_Setting : public testing::TestWithParam<SettingCase> {};
TEST_P(P41_Setting, IsReadByType) {
    auto options = some_options();
    std::vector<Setting> settings;
    for (auto const& text : GetParam().settings) settings.push_back(parse_setting(text));
    options.apply(settings);
    EXPECT_EQ(options.value(GetParam().option), GetParam().value);
}
INSTANTIATE_TEST_SUITE_P(
    Table, P41_Setting,
    testing::Values(SettingCase{"BoolAlone", {"flag"}, "flag", true},
                    SettingCase{"BoolTrue", {"flag=true"}, "flag", true},
                    SettingCase{"BoolFalse", {"flag=false"}, "flag", false},
                    SettingCase{"BoolToggle", {"flag=toggle"}, "flag", true},
                    SettingCase{"Number", {"number=-12"}, "number", std::int64_t{-12}},
                    SettingCase{"OptionalNumber", {"maybe_number=7"}, "maybe_number", OptionalNumber{7}},
                    SettingCase{"OptionalNumberEmptied", {"maybe_number"}, "maybe_number", OptionalNumber{}},
                    SettingCase{"Text", {"text=b"}, "text", std::string("b")},
                    SettingCase{"TextWithEquals", {"maybe_text=a=b"}, "maybe_text", OptionalText("a=b")},
                    SettingCase{"OptionalTextEmptied", {"maybe_text"}, "maybe_text", OptionalText{}},
                    SettingCase{"OptionalTextEmpty", {"maybe_text="}, "maybe_text", OptionalText("")},
                    SettingCase{"List", {"list=a"}, "list", TextList{"a"}},
                    SettingCase{"ListOfMany", {"list=a", "flag", "list=b"}, "list", TextList{"a", "b"}},
                    SettingCase{"ListEmptied", {"list"}, "list", TextList{}}),
    test::row_name);

struct BadSettingCase {
    std::string_view name;
    std::vector<std::string> settings;
    std::string_view message;
};
void PrintTo(BadSettingCase const& row, std::ostream* out) { *out << row.name; }
class P41_BadSetting : public testing::TestWithParam<BadSettingCase> {};
TEST_P(P41_BadSetting, IsRefusedAndChangesNothing) {
    auto options = some_options();
    auto const message = message_of([&] {
        std::vector<Setting> settings = {parse_setting("number=1")};
        for (auto const& text : GetParam().settings) settings.push_back(parse_setting(text));
        options.apply(settings);
    });
    EXPECT_THAT(message, HasSubstr(GetParam().message));
    for (auto const& name : options.names()) EXPECT_EQ(options.value(name), options.declaration(name).initial) << name;
}
INSTANTIATE_TEST_SUITE_P(
    Table, P41_BadSetting,
    testing::Values(
        BadSettingCase{"NoName", {"=x"}, "expected name=value after --set, not \"=x\""},
        BadSettingCase{"BoolWord", {"flag=yes"}, "option flag (bool): expected true, false or toggle, not \"yes\""},
        BadSettingCase{
            "NumberWord", {"maybe_number=x"}, "option maybe_number (optional int): expected a whole number, not \"x\""},
        BadSettingCase{"NumberTooLarge", {"maybe_number=9223372036854775808"}, "expected a whole number"},
        BadSettingCase{"NumberWithTail", {"maybe_number=1k"}, "expected a whole number, not \"1k\""},
        BadSettingCase{"TextWithoutValue", {"text"}, "option text (text): needs a value: text=…"},
        BadSettingCase{"NoChoice", {"text=c"}, "option text (text): expected one of [a, b], not \"c\""},
        BadSettingCase{"Twice", {"flag", "flag"}, "option flag (bool): is set more than once"}),
    test::row_name);

TEST(Options, P41_b_WaitForTheirDeclaration) {
    auto options = some_options();
    options.apply(
        {parse_setting("greeting=hello"), parse_setting("flag"), parse_setting("words=a"), parse_setting("words=b")});
    EXPECT_EQ(options.get<bool>("flag"), true);
    EXPECT_THAT(options.deferred(), ElementsAre("greeting", "words", "words"));
    EXPECT_EQ(message_of([&] { options.expect_nothing_deferred(); }),
              "unknown options [greeting, words, words]; --options lists those there are");
    options.declare({"greeting", std::string("hi")});
    options.declare({"words", TextList{}});
    EXPECT_EQ(options.get<std::string>("greeting"), "hello");
    EXPECT_THAT(options.get<TextList>("words"), ElementsAre("a", "b"));
    EXPECT_THAT(options.deferred(), IsEmpty());
    EXPECT_NO_THROW(options.expect_nothing_deferred());
}

TEST(Options, P41_RefuseWhatTheyDoNotKnow) {
    auto options = some_options();
    EXPECT_EQ(message_of([&] { static_cast<void>(options.value("nonsense")); }), "unknown option \"nonsense\"");
    EXPECT_EQ(message_of([&] { options.set("nonsense", true); }), "unknown option \"nonsense\"");
    EXPECT_EQ(message_of([&] { options.set("flag", std::int64_t{1}); }),
              "option flag (bool): does not accept a value of type int");
    EXPECT_EQ(message_of([&] { static_cast<void>(options.get<std::string>("flag")); }),
              "option flag (bool): was read as another type");
    EXPECT_FALSE(options.contains("nonsense"));
}

TEST(Options, AreDeclaredOnce) {
    auto options = some_options();
    options.set("flag", true);
    EXPECT_NO_THROW(options.declare({"flag", false, "Whether."}));
    EXPECT_TRUE(options.get<bool>("flag"));
    EXPECT_EQ(message_of([&] {
                  options.declare({"flag", true, "Whether."});
              }),
              "option flag is declared already, in another way");
    EXPECT_THAT(message_of([&] {
                    options.declare({"new", std::string("c"), "", {"a", "b"}});
                }),
                HasSubstr("expected one of"));
    EXPECT_FALSE(options.contains("new"));
}

TEST(Options, ReportWhatChanged) {
    auto options = some_options();
    std::vector<std::set<std::string>> reported;
    auto const place = options.add_listener([&](auto const& changed) { reported.push_back(changed); });
    options.update({{"flag", true}, {"number", std::int64_t{8080}}, {"text", std::string("b")}});
    EXPECT_THAT(reported, ElementsAre(ElementsAre("flag", "text")));
    options.set("flag", true);
    EXPECT_EQ(reported.size(), 1U);
    options.remove_listener(place);
    options.set("flag", false);
    EXPECT_EQ(reported.size(), 1U);
}

TEST(Options, P41_RollBackWhenOneListenerRefuses) {
    auto options = some_options();
    std::vector<std::int64_t> seen;
    options.add_listener([&](auto const&) { seen.push_back(options.get<std::int64_t>("number")); });
    options.add_listener([&](auto const&) {
        if (options.get<std::int64_t>("number") < 0) throw OptionsError("number must not be negative");
    });
    EXPECT_EQ(message_of([&] {
                  options.update({{"number", std::int64_t{-1}}, {"flag", true}});
              }),
              "number must not be negative");
    EXPECT_EQ(options.get<std::int64_t>("number"), 8080);
    EXPECT_FALSE(options.get<bool>("flag"));
    EXPECT_THAT(seen, ElementsAre(-1, 8080));
}

TEST(Options, P41_AreDescribedWithHelp) {
    EXPECT_EQ(some_options().describe(),
              "flag (bool, default \"false\")\n    Whether.\n"
              "list (list of text, default \"[one]\")\n"
              "maybe_number (optional int, default \"5\")\n"
              "maybe_text (optional text, default \"x\")\n"
              "number (int, default \"8080\")\n"
              "text (text, default \"a\")\n    Which.\n    One of [a, b].\n");
}

}  // namespace
}  // namespace pathology::proxycore::addons
