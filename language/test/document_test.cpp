// doc/language.md, run: every example does what the page says, and the tables say what the code does.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <pathology/language/generator.hpp>
#include <pathology/language/http2.hpp>
#include <pathology/language/load.hpp>
#include <pathology/language/message_order.hpp>
#include <pathology/language/tables.hpp>
#include <pathology/proxycore/http2/frame_header.hpp>
#include <sstream>

#include "support/folder.hpp"
#include "support/properties.hpp"
#include "support/spec.hpp"

namespace pathology::language {
namespace {

namespace http2 = proxycore::http2;

struct Example {
    std::size_t line = 0;  ///< of the page
    std::string kind;      ///< `response`, `request`, `frame`, `http2-response` or `http2-request`
    std::string spec;
    std::string mark;  ///< `=>`, `|>`, `==`, `>>` or `!!`; empty when the page only shows the spec
    std::string says;
};

void PrintTo(Example const& example, std::ostream* out) { *out << example.spec; }

using Rows = std::vector<std::vector<std::string>>;

struct Page {
    std::vector<Example> examples;
    std::map<std::string, std::string> files;
    std::map<std::string, Rows> tables;  ///< by the text of their first heading cell
};

std::vector<std::string> cells(std::string const& row) {
    std::vector<std::string> found;
    std::istringstream in(row.substr(1));
    for (std::string cell; std::getline(in, cell, '|');) {
        cell.erase(0, cell.find_first_not_of(" `"));
        cell.erase(cell.find_last_not_of(" `") + 1);
        found.push_back(cell);
    }
    return found;
}

/// Takes the page apart: fenced blocks `spec KIND` and `file NAME`, and tables.
class PageReader {
public:
    Page read(std::istream& in) {
        for (std::string line; std::getline(in, line); ++number_) {
            if (line.starts_with("```")) {
                fence_ = fence_.empty() ? line.substr(3) : "";
            } else if (fence_.starts_with("spec ")) {
                read_example(line);
            } else if (fence_.starts_with("file ")) {
                page_.files[fence_.substr(5)] += line + "\n";
            } else {
                read_table(line);
            }
        }
        return std::move(page_);
    }

private:
    void read_example(std::string const& line) {
        if (line.starts_with("  ") && line.size() > 5) {
            page_.examples.back().mark = line.substr(2, 2);
            page_.examples.back().says = line.substr(5);
        } else {
            page_.examples.push_back({number_, fence_.substr(5), line, "", ""});
        }
    }

    void read_table(std::string const& line) {
        if (!line.starts_with("|")) {
            table_ = nullptr;
        } else if (table_ == nullptr) {
            table_ = &page_.tables[cells(line).front()];
        } else if (!line.starts_with("|--")) {
            table_->push_back(cells(line));
        }
    }

    Page page_;
    Rows* table_ = nullptr;
    std::string fence_;
    std::size_t number_ = 1;
};

Page const& page() {
    static Page const read = [] {
        std::ifstream file(LANGUAGE_PAGE);
        return PageReader().read(file);
    }();
    return read;
}

/// What is sent, as the page writes it.
std::string shown(test::Played const& played) {
    std::string text;
    std::size_t done = 0;
    auto const show_until = [&](std::size_t end) {
        auto part = escape(std::string_view(played.bytes).substr(done, end - done));
        for (std::size_t at = 0; (at = part.find("\\x27", at)) != std::string::npos;) part.replace(at, 4, "'");
        text += part;
        done = end;
    };
    for (auto const& [at, seconds] : played.pauses) {
        show_until(at);
        auto const shown_seconds = [&] { return (std::ostringstream() << *seconds).str(); };
        text += seconds ? "[pause " + shown_seconds() + "s]" : "[pause for ever]";
    }
    show_until(played.bytes.size());
    static constexpr std::array endings = {"[close]", "[reset]", "[half-close]", "[cut]", "[hold]"};
    return played.disconnected ? text + endings.at(static_cast<std::size_t>(played.ending)) : text;
}

/// A payload as the page writes it: text in quotes where it is text, else hexadecimal digits.
std::string shown_payload(std::string_view payload) {
    auto const is_text = [](char c) { return c >= ' ' && c <= '~' && c != '\''; };
    if (std::ranges::all_of(payload, is_text)) return "'" + std::string(payload) + "'";
    std::string hex;
    for (char const c : payload) {
        for (auto const shift : {4U, 0U}) hex += "0123456789abcdef"[static_cast<unsigned char>(c) >> shift & 0xfU];
    }
    return hex;
}

/// Frames as the page writes them: length, type, flags and stream, then the payload. A raw frame is one frame, whatever
/// its length says.
std::string shown_frames(std::string_view bytes, bool is_raw) {
    std::string text;
    while (!bytes.empty()) {
        auto const header = http2::decode(bytes);
        if (!header) return text + shown_payload(bytes);
        auto const digits = shown_payload(std::string(bytes.substr(0, 9)) + "\xff").substr(0, 18);
        bytes.remove_prefix(http2::FrameHeader::size);
        auto const payload = bytes.substr(0, is_raw ? bytes.size() : header->length);
        bytes.remove_prefix(payload.size());
        text += digits.substr(0, 6) + " " + digits.substr(6, 2) + " " + digits.substr(8, 2) + " " + digits.substr(10);
        if (!payload.empty()) text += " " + shown_payload(payload);
        if (!bytes.empty()) text += " / ";
    }
    return text;
}

/// Whether a text is a pattern in which dots, two or more, stand for anything.
bool fits(std::string_view text, std::string_view pattern) {
    auto const dots = pattern.find("..");
    if (dots == std::string_view::npos) return text == pattern;
    if (!text.starts_with(pattern.substr(0, dots))) return false;
    text.remove_prefix(dots);
    pattern.remove_prefix(std::min(pattern.find_first_not_of('.', dots), pattern.size()));
    for (std::size_t skip = 0; skip <= text.size(); ++skip) {
        if (fits(text.substr(skip), pattern)) return true;
    }
    return false;
}

class DocumentedExample : public testing::TestWithParam<Example> {
protected:
    DocumentedExample() {
        for (auto const& [name, content] : page().files) folder.write(name, content);
        setting = GetParam().kind == "http2-request"    ? test::http2_client_setting()
                  : GetParam().kind == "http2-response" ? test::http2_response_setting()
                  : GetParam().kind == "request"        ? test::client_setting()
                  : GetParam().kind == "response"       ? test::response_setting()
                                                        : test::session_setting();
        setting.settings.files = FileAccess::below(folder.path());
    }

    /// All that the page may say of a spec, by its mark.
    std::map<std::string, std::string> outcome() const {
        std::map<std::string, std::string> says;
        auto const text = load_spec(GetParam().spec, setting.settings.files).value();
        auto const refused = [&](SpecFailure const& failure) {
            auto const described = describe(failure, text, "");
            says["!!"] = described.substr(1, described.find('\n') - 1);
            return says;
        };
        auto const messages = setting.parse(text);
        if (messages.has_error()) return refused(messages.error());
        says["=="] = print(*messages);
        auto settings = setting.settings;
        ClientStreams streams;
        std::vector<Repetition> repetitions;
        for (auto const& message : *messages) repetitions.push_back(repetition(message));
        std::vector<std::string> frozen(messages->size());
        MessageOrder order;
        for (unsigned left = 40; left > 0; --left) {
            auto const next = order.next(repetitions);
            if (!next) break;
            auto const& message = (*messages)[*next];
            if (setting.settings.role == Role::client)
                settings.http2.stream = streams.next(message, order.repetition());
            Rng rng(1);
            auto const resolved = resolve(message, settings, rng);
            if (resolved.has_error()) return refused(resolved.error());
            auto const plan = make_plan(*resolved, settings);
            if (plan.has_error()) return refused(plan.error());
            if (plan->length > 1U << 20U) return says;
            auto const played = test::play(*plan, 1);
            auto const is_raw = std::holds_alternative<Http2Frame>(message);
            says["=>"] += shown(played);
            says["|>"] += (says["|>"].empty() ? "" : " / ") + shown_frames(played.bytes, is_raw);
            frozen[*next] = print(freeze(*resolved, settings, 1).value());
            if (played.disconnected) break;
        }
        says[">>"] = print(*messages, frozen);
        return says;
    }

    pathology::test::Folder folder;
    test::Setting setting;
};

TEST_P(DocumentedExample, DoesWhatThePageSays) {
    auto const& example = GetParam();
    auto const says = outcome();
    if (example.mark.empty()) {
        EXPECT_EQ(says.count("!!"), 0U);
        return;
    }
    ASSERT_EQ(says.count(example.mark), 1U) << "the spec has no such outcome";
    EXPECT_TRUE(fits(says.at(example.mark), example.says))
        << "doc/language.md:" << example.line << ": " << example.spec << "\n  the page: " << example.says
        << "\n  the code: " << says.at(example.mark);
}

INSTANTIATE_TEST_SUITE_P(Page, DocumentedExample, testing::ValuesIn(page().examples),
                         [](auto const& row) { return "Line" + std::to_string(row.param.line); });

TEST(LanguagePage, HasManyExamples) { EXPECT_GE(page().examples.size(), 60U); }

Rows const& table(std::string const& heading) {
    auto const found = page().tables.find(heading);
    if (found == page().tables.end()) throw std::runtime_error("the page has no table of " + heading);
    return found->second;
}

TEST(LanguagePage, ListsTheDataTypes) {
    auto const& rows = table("data type");
    ASSERT_EQ(rows.size(), static_cast<std::size_t>(DataType::bytes) + 1);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto const type = static_cast<DataType>(i);
        EXPECT_EQ(rows[i][0], name(type));
        EXPECT_EQ(rows[i][1], std::to_string(alphabet(type).size()));
    }
}

TEST(LanguagePage, ListsTheSuffixes) {
    auto const& rows = table("suffix");
    EXPECT_EQ(rows.size(), 5U);
    for (auto const& row : rows) {
        auto const message = test::response("200:b@1" + row[0]);
        EXPECT_EQ(std::to_string(std::get<Generated>(find<Body>(features(message))->value).size()), row[1]);
    }
}

TEST(LanguagePage, ListsTheUserAgents) {
    auto const& rows = table("name");
    auto const known = known_user_agents();
    ASSERT_EQ(rows.size(), known.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(rows[i][0], known[i].name);
        EXPECT_EQ(rows[i][1], std::string(1, known[i].shortcut));
        EXPECT_EQ(rows[i][2], known[i].string);
    }
}

TEST(LanguagePage, ListsTheOpcodes) {
    auto const& rows = table("opcode");
    EXPECT_EQ(rows.size(), 6U);
    for (auto const& row : rows) {
        auto const message = test::frame("wf:c" + row[0]);
        EXPECT_EQ(std::to_string(find<Opcode>(features(message))->number), row[1]);
    }
}

}  // namespace
}  // namespace pathology::language
