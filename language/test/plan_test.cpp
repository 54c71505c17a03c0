#include <pathology/language/plan.hpp>

#include <gtest/gtest.h>

#include "support/folder.hpp"
#include "support/spec.hpp"

namespace pathology::language {
namespace {

/// A plan as one line: bytes in quotes, generated and file parts as <from+size>.
std::string outline(Plan const& plan) {
    struct Outline {
        std::string operator()(SendBytes const& s) const { return "'" + escape(s.bytes) + "'"; }
        std::string operator()(SendGenerated const& s) const {
            return "generated" + std::to_string(s.stream) + part(s.from, s.size, s.mask);
        }
        std::string operator()(SendFile const& s) const { return "file" + part(s.from, s.size, s.mask); }
        std::string operator()(SendFramed const& s) const {
            return "framed" + std::to_string(s.frame_payload) + part(s.from, s.size, std::nullopt);
        }
        std::string operator()(Pause const& s) const {
            return "pause " + (s.length ? std::to_string(s.length->count()) : "for ever");
        }
        std::string operator()(SetRate rate) const {
            return "rate " + std::to_string(rate.piece) + "/" + std::to_string(rate.interval.count()) + "ns";
        }
        std::string operator()(Disconnect d) const {
            auto const name = ending_names[static_cast<std::size_t>(d.how)];
            return "disconnect" + (d.how == Ending::fin ? std::string() : " " + std::string(name));
        }
        static std::string part(std::uint64_t from, std::uint64_t size, std::optional<Mask> const& mask) {
            return "<" + std::to_string(from) + "+" + std::to_string(size) +
                   (mask ? " phase " + std::to_string(mask->phase) : "") + ">";
        }
    };
    std::string text;
    for (auto const& step : plan.steps) text += (text.empty() ? "" : " ") + std::visit(Outline{}, step);
    return text;
}

struct PlanCase {
    std::string_view name, spec, steps;
};

void PrintTo(PlanCase const& c, std::ostream* out) { *out << c.spec; }

/// Requests of which the first line is `' '  HTTP/1.1`, so that offsets are easy to count.
class PlanOf : public testing::TestWithParam<PlanCase> {};

TEST_P(PlanOf, HasTheseSteps) {
    pathology::test::Folder const folder;
    folder.write("ten", "0123456789");
    Settings settings;
    settings.files = FileAccess::below(folder.path());
    EXPECT_EQ(outline(test::plan(test::request(GetParam().spec), settings)), GetParam().steps);
}

#define HEAD "'':'':r:b"  // 14 bytes of head in front of the body
#define BYTES "  HTTP/1.1\\r\\n\\r\\n"
PlanCase const plan_cases[] = {
    {"Bytes", HEAD "'abc'", "'" BYTES "abc'"},
    {"Generated", HEAD "@5", "'" BYTES "' generated0<0+5>"},
    {"NothingGenerated", HEAD "@0", "'" BYTES "'"},
    {"File", HEAD "<ten", "'" BYTES "' file<0+10>"},
    {"PauseInBytes", HEAD "'abc':p15,2", "'" BYTES "a' pause 2 'bc'"},
    {"PauseAtTheStart", HEAD "'abc':p0,f", "pause for ever '" BYTES "abc'"},
    {"PauseAtTheEnd", HEAD "'abc':p17,1", "'" BYTES "abc' pause 1"},
    {"PausePastTheEnd", HEAD "'abc':p999,1:pa,2", "'" BYTES "abc' pause 1 pause 2"},
    {"PauseInGenerated", HEAD "@5:p16,1", "'" BYTES "' generated0<0+2> pause 1 generated0<2+3>"},
    {"PauseInAFile", HEAD "<ten:p16,1:p20,2", "'" BYTES "' file<0+2> pause 1 file<2+4> pause 2 file<6+4>"},
    {"InjectionJoinsBytes", HEAD "'abc':i15,'XY'", "'" BYTES "aXYbc'"},
    {"InjectionIntoGenerated", HEAD "@5:i17,'X'", "'" BYTES "' generated0<0+3> 'X' generated0<3+2>"},
    {"GeneratedInjection", HEAD "'abc':i15,@9", "'" BYTES "a' generated0<0+9> 'bc'"},
    {"FileInjection", HEAD "'abc':i15,<ten", "'" BYTES "a' file<0+10> 'bc'"},
    {"EmptyInjection", HEAD "'abc':i15,'':i15,@0", "'" BYTES "abc'"},
    {"SameOffsetInTheOrderGiven", HEAD "'abc':i15,'1':p15,1:i15,'2':p15,2", "'" BYTES "a1' pause 1 '2' pause 2 'bc'"},
    {"SortedByOffset", HEAD "'abc':i17,'3':i14,'1':i15,'2'", "'" BYTES "1a2bc3'"},
    {"OffsetsCountTheBaseMessage", HEAD "'abcdef':i15,'XXXX':i16,'Y':p17,1", "'" BYTES "aXXXXbYc' pause 1 'def'"},
    {"DisconnectAtTheStart", HEAD "'abc':d0", "disconnect"},
    {"RateOfASecond", HEAD "'abc':t0,1k", "rate 10/9765625ns '" BYTES "abc'"},
    {"SlowRate", HEAD "'abc':t0,8", "rate 1/125000000ns '" BYTES "abc'"},
    {"RateWithATime", HEAD "'abc':t0,64k/2", "rate 65536/2000000000ns '" BYTES "abc'"},
    {"RateWithoutATime", HEAD "'abc':t0,1/0", "rate 1/0ns '" BYTES "abc'"},
    {"EndOfARate", HEAD "'abc':t0,1/0:ta,full", "rate 1/0ns '" BYTES "abc' rate 0/0ns"},
    {"Reset", HEAD "'abc':d0,rst", "disconnect rst"},
    {"HalfClose", HEAD "'abc':d0,half", "disconnect half"},
    {"Cut", HEAD "'abc':d0,cut", "disconnect cut"},
    {"Hold", HEAD "'abc':d0,hold", "disconnect hold"},
    {"FinByName", HEAD "'abc':d0,fin", "disconnect"},
    {"DisconnectInside", HEAD "'abc':d15", "'" BYTES "a' disconnect"},
    {"DisconnectPastTheEnd", HEAD "'abc':d999", "'" BYTES "abc' disconnect"},
    {"NothingAfterADisconnect", HEAD "'abc':d15:i15,'X':p16,1", "'" BYTES "a' disconnect"},
    {"BeforeADisconnect", HEAD "'abc':i15,'X':d15", "'" BYTES "aX' disconnect"},
    {"StreamsCountInTheOrderOfTheText", "'':'':r:b@1:h@2=@3:i0,@4",
     "generated3<0+4> '  HTTP/1.1\\r\\n' generated1<0+2> ': ' generated2<0+3> '\\r\\n\\r\\n' generated0<0+1>"},
    {"Version", "'':'':r:v'\\0X'", "'  \\x00X\\r\\n\\r\\n'"},
    {"EmptyVersion", "'':'':r:v''", "'  \\r\\n\\r\\n'"},
    {"GeneratedVersion", "'':'':r:v@9:p4,1", "'  ' generated0<0+2> pause 1 generated0<2+7> '\\r\\n\\r\\n'"},
    {"VersionFromAFile", "'':'':r:v<ten:i2,'X'", "'  X' file<0+10> '\\r\\n\\r\\n'"},
    {"MaskedBytes", "wf:k'\\0\\1\\0\\1':b'abc'", "'\\x01\\x83\\x00\\x01\\x00\\x01acc'"},
    {"RawBytesAreNotMasked", "wf:k'\\0\\1\\0\\1':r'abc'", "'\\x01\\x83\\x00\\x01\\x00\\x01abc'"},
    {"MaskedGeneratedKeepsItsPhase", "wf:k'abcd':b@9:p9,1",
     "'\\x01\\x89abcd' generated0<0+3 phase 0> pause 1 generated0<3+6 phase 3>"},
    {"InjectionIntoMaskedIsPlain", "wf:k'\\0\\1\\0\\1':b'abc':i7,'X'", "'\\x01\\x83\\x00\\x01\\x00\\x01aXcc'"},
};
INSTANTIATE_TEST_SUITE_P(Steps, PlanOf, testing::ValuesIn(plan_cases),
                         [](auto const& row) { return std::string(row.param.name); });

TEST(Plan, MeasuresTheMessage) {
    auto const plan = test::plan(test::request(HEAD "@100:i3,'four':i9,@2k:p1,1:d50"));
    EXPECT_EQ(plan.base_length, 114U);
    EXPECT_EQ(plan.length, 114U + 4 + 2048);
    EXPECT_TRUE(plan.pauses);
    EXPECT_TRUE(plan.disconnects);
    EXPECT_TRUE(plan.generates);
}

TEST(Plan, KnowsThatAConstantMessageGeneratesNothing) {
    auto const plan = test::plan(test::request(HEAD "'x'"));
    EXPECT_FALSE(plan.pauses || plan.disconnects || plan.generates);
    EXPECT_FALSE(test::plan(test::request(HEAD "@9:d3")).generates) << "the generated part is never sent";
}

TEST(Plan, BoundsPausesToWhatClocksCanHold) {
    auto const plan = test::plan(test::request(HEAD "'x':p0,18446744073709551615"));
    EXPECT_EQ(std::get<Pause>(plan.steps.front()).length, std::chrono::seconds(1'000'000'000));
}

TEST(BaseLength, NeedsNoResolvedOffsets) {
    EXPECT_EQ(base_length(test::request(HEAD "@1m:dr:pa,f"), {}).value(), (1U << 20U) + 14);
}

}  // namespace
}  // namespace pathology::language
