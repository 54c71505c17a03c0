// What the original programs do with a spec, as recorded: test/data/conformance/language.jsonl, one case a line.
// Where a line has `as_documented`, the document wins; where the original crashes without one, a clear error will do.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <pathology/language/generator.hpp>
#include <pathology/language/parse.hpp>
#include <pathology/language/print.hpp>
#include <pathology/language/resolve.hpp>
#include <pathology/proxycore/http2/frame_header.hpp>
#include <pathology/proxycore/http2/hpack.hpp>
#include <pathology/proxycore/http2/names.hpp>

#include "support/conformance.hpp"
#include "support/play.hpp"

namespace pathology::language {
namespace {

using nlohmann::json;
namespace http2 = proxycore::http2;
using Case = pathology::test::ConformanceCase;

// Over HTTP/2 the original knows no actions and refuses them. Here they work as over HTTP/1, counted in bytes of the
// message's frames, because a slow or cut answer is what a client has to be tested with whatever it speaks.
std::string_view const accepted_for_their_actions[] = {"pub-h2resp-0018", "pub-h2resp-0019", "pub-h2resp-0020",
                                                       "pub-h2req-0019",  "pub-h2req-0020",  "pub-h2req-0026"};

bool is_accepted_for_its_actions(Case const& c) {
    return std::ranges::find(accepted_for_their_actions, c.id()) != std::end(accepted_for_their_actions);
}

/// Those that the original takes or refuses; where it crashes, a refusal is right.
std::vector<Case> cases(bool valid) {
    return pathology::test::conformance_cases([&](Case const& c) {
        if (is_accepted_for_its_actions(c)) return false;
        return c.is("valid", valid) || (!valid && c["valid"].is_null());
    });
}

Settings settings_for(Case const& c) {
    Settings settings;
    settings.files = FileAccess::below(std::string(CONFORMANCE_DATA) + "/static");
    if (c.kind() == "request" || c.kind() == "client_frame") {
        settings.role = Role::client;
        settings.request_host = "example.com";
    }
    if (c.kind().starts_with("h2_")) settings.protocol = Protocol::http2;
    if (c.kind() == "h2_response") settings.http2.stream = 2;
    if (c.kind() == "h2_request") {
        settings.role = Role::client;
        settings.request_host = "example.com";
    }
    if (c.kind() == "response") settings.websocket_key = "dGhlIHNhbXBsZSBub25jZQ==";
    return settings;
}

/// Parses a text as what the case is.
Parsed<std::vector<Message>> parse(Case const& c, std::string const& spec) {
    if (c.kind() == "frame") return parse_frames(spec);
    if (c.kind() == "h2_response") return parse_http2_responses(spec);
    if (c.kind() == "h2_request") return parse_http2_requests(spec);
    if (c.kind() != "response") return parse_requests(spec);
    auto one = parse_response(spec);
    if (one.has_error()) return one.error();
    return std::vector<Message>{*one};
}

/// The first message of a case, ready to be sent.
struct Ready {
    Message resolved;
    Plan plan;
};

Parsed<Ready> first(Case const& c, std::vector<Message> const& messages) {
    auto const settings = settings_for(c);
    for (auto const& message : messages) {
        if (times(message) == 0) continue;
        Rng rng(7);
        auto resolved = resolve(message, settings, rng);
        if (resolved.has_error()) return resolved.error();
        auto plan = make_plan(*resolved, settings);
        if (plan.has_error()) return plan.error();
        return Ready{std::move(*resolved), std::move(*plan)};
    }
    return Ready{};
}

/// A recorded header list as the block it becomes.
std::string encoded(json const& fields) {
    http2::HeaderBlockEncoder encoder;
    std::string block;
    for (auto const& field : fields)
        block += encoder.add(field[0].get<std::string>(), field[1].get<std::string>()).head;
    return block;
}

/// The bytes that DATA frames carry.
std::uint64_t size_of_data(std::string_view frames) {
    std::uint64_t size = 0;
    while (auto const header = http2::decode(frames)) {
        if (header->type == static_cast<std::uint8_t>(http2::FrameType::data)) size += header->length;
        frames.remove_prefix(http2::FrameHeader::size + header->length);
    }
    return size;
}

class ValidSpec : public testing::TestWithParam<Case> {
protected:
    void SetUp() override {
        auto parsed = parse(GetParam(), GetParam().spec());
        ASSERT_TRUE(parsed.has_value()) << describe(parsed.error(), GetParam().spec());
        messages = std::move(*parsed);
    }

    std::uint64_t message_count() const {
        std::uint64_t count = 0;
        for (auto const& message : messages) count += times(message);
        return count;
    }

    Ready ready() const {
        auto made = first(GetParam(), messages);
        if (made.has_value()) return std::move(*made);
        ADD_FAILURE() << made.error().message;
        return {};
    }

    std::vector<Message> messages;
};

TEST_P(ValidSpec, HasTheRecordedMessages) {
    auto const& c = GetParam();
    if (auto const* count = c.find("messages")) {
        EXPECT_EQ(message_count(), count->get<std::uint64_t>());
    }
    if (auto const* canonical = c.find("canonical")) {
        std::vector<std::string> printed;
        for (auto const& message : messages) {
            for (auto i = times(message); i > 0 && printed.size() < 8; --i) printed.push_back(print(message));
        }
        EXPECT_EQ(printed, canonical->get<std::vector<std::string>>());
    }
}

TEST_P(ValidSpec, PrintsWhatParsesToTheSame) {
    std::string text;
    for (auto const& message : messages) text += (text.empty() ? "" : " ") + print_with_times(message);
    auto const parsed = parse(GetParam(), text);
    ASSERT_TRUE(parsed.has_value()) << text << "\n" << describe(parsed.error(), text);
    EXPECT_EQ(*parsed, messages) << text;
}

TEST_P(ValidSpec, ResolvesToTheRecordedText) {
    auto const& c = GetParam();
    if (message_count() == 0) return;
    auto const made = ready();
    if (auto const* resolved = c.find("resolved"); resolved != nullptr && c.is("deterministic", true)) {
        EXPECT_EQ(print(made.resolved), resolved->get<std::string>());
    }
    if (c.is("explained_random", true)) return;
    if (auto const* explained = c.find("explained"); explained != nullptr && c.is("deterministic", true)) {
        auto const frozen = freeze(made.resolved, settings_for(c), 1);
        ASSERT_TRUE(frozen.has_value()) << frozen.error().message;
        EXPECT_EQ(print(*frozen), explained->get<std::string>());
    }
}

TEST_P(ValidSpec, HasTheRecordedLengths) {
    auto const& c = GetParam();
    if (message_count() == 0) return;
    auto const plan = ready().plan;
    if (auto const* base = c.find("base_length")) {
        EXPECT_EQ(plan.base_length, base->get<std::uint64_t>());
    }
    if (auto const* disconnect = c.find("disconnect")) {
        EXPECT_EQ(plan.disconnects, disconnect->get<bool>());
    }
    if (auto const* length = c.find("length"); length != nullptr && !plan.disconnects) {
        EXPECT_EQ(plan.length, length->get<std::uint64_t>());
    }
}

TEST_P(ValidSpec, SendsTheRecordedBytes) {
    auto const& c = GetParam();
    if (message_count() == 0 || c.is("not_rendered", true)) return;
    auto const made = ready();
    auto const played = test::play(made.plan, 1);
    if (!c.is("deterministic", true)) return;
    ASSERT_TRUE(c.records_bytes());
    EXPECT_TRUE(c.renders(played.bytes)) << testing::PrintToString(played);
    if (auto const* length = c.find("length")) {
        EXPECT_EQ(played.bytes.size(), length->get<std::uint64_t>());
    }
    std::vector<json> recorded;
    if (auto const* pauses = c.find("pauses")) recorded = pauses->get<std::vector<json>>();
    std::vector<json> seen;
    for (auto const& [at, seconds] : played.pauses) {
        seen.push_back(json::array({at, seconds ? json(*seconds) : json("forever")}));
    }
    EXPECT_EQ(seen, recorded);
}

TEST_P(ValidSpec, SendsTheRecordedFixedPartsOfARandomMessage) {
    auto const& c = GetParam();
    if (message_count() == 0 || c.is("deterministic", true) || c.is("not_rendered", true)) return;
    auto made = ready();
    std::erase_if(features(made.resolved), [](Feature const& f) {
        return std::holds_alternative<PauseAt>(f.is) || std::holds_alternative<InjectAt>(f.is) ||
               std::holds_alternative<DisconnectAt>(f.is);
    });
    auto const plan = make_plan(made.resolved, settings_for(c));
    ASSERT_TRUE(plan.has_value());
    auto const base = test::play(*plan, 1).bytes;
    if (auto const* head = c.find("header_block_b64")) {
        EXPECT_THAT(base, testing::StartsWith(pathology::test::decode_base64(head->get<std::string>())));
    }
    if (auto const* fields = c.find("h2_headers")) {
        EXPECT_THAT(base.substr(http2::FrameHeader::size), testing::StartsWith(encoded(*fields)));
    }
    if (auto const* body = c.find("body_length"); body != nullptr && c.kind().starts_with("h2_")) {
        EXPECT_EQ(size_of_data(base), body->get<std::uint64_t>());
    } else if (body != nullptr) {
        EXPECT_EQ(base.size() - base.find("\r\n\r\n") - 4, body->get<std::uint64_t>());
    }
    if (auto const* whole = c.find("base_b64")) {
        EXPECT_EQ(base, pathology::test::decode_base64(whole->get<std::string>()));
    }
    if (auto const* head = c.find("frame_head_b64")) {
        EXPECT_THAT(base, testing::StartsWith(pathology::test::decode_base64(head->get<std::string>())));
    }
    auto const* request = std::get_if<Request>(&made.resolved);
    auto const path_is_random = request != nullptr && std::holds_alternative<Generated>(request->path);
    if (auto const* line = c.find("start_line"); line != nullptr && !path_is_random) {
        EXPECT_EQ(base.substr(0, base.find("\r\n")), line->get<std::string>());
    }
    if (auto const* names = c.find("header_names")) {
        std::vector<std::string> seen;
        auto const block = base.substr(0, base.find("\r\n\r\n") + 2);
        for (auto at = block.find("\r\n") + 2; at < block.size(); at = block.find("\r\n", at) + 2) {
            seen.push_back(block.substr(at, block.find(':', at) - at));
        }
        EXPECT_EQ(seen, names->get<std::vector<std::string>>());
    }
    if (auto const* payload = c.find("payload_b64")) {
        auto const wanted = pathology::test::decode_base64(payload->get<std::string>());
        auto const decoded = proxycore::websocket::decode(base);
        ASSERT_TRUE(decoded.has_value());
        auto sent = base.substr(decoded->size);
        auto const is_raw = find<RawBody>(features(made.resolved)) != nullptr;
        if (decoded->header.key && !is_raw) proxycore::websocket::apply_mask(sent, *decoded->header.key);
        EXPECT_EQ(sent, wanted);
    }
}

TEST_P(ValidSpec, FreezesToTextThatReplaysTheSameBytes) {
    auto const& c = GetParam();
    if (message_count() == 0 || c.is("not_rendered", true)) return;
    auto const made = ready();
    auto const settings = settings_for(c);
    auto const frozen = freeze(made.resolved, settings, 99);
    ASSERT_TRUE(frozen.has_value()) << frozen.error().message;
    EXPECT_FALSE(has_generated_data(*frozen));
    auto const frozen_plan = make_plan(*frozen, settings);
    ASSERT_TRUE(frozen_plan.has_value());

    auto const spec = print(*frozen);
    auto const parsed = parse(c, spec);
    ASSERT_TRUE(parsed.has_value()) << describe(parsed.error(), spec);
    auto const replayed = first(c, *parsed);
    ASSERT_TRUE(replayed.has_value()) << replayed.error().message;
    EXPECT_EQ(print(replayed->resolved), spec) << "a frozen message has nothing left to resolve";
    EXPECT_EQ(test::play(replayed->plan, 5), test::play(*frozen_plan, 6)) << spec;
    auto const& parts = features(made.resolved);
    if (find<NestedResponse>(parts) == nullptr && find<NestedFrame>(parts) == nullptr) {
        EXPECT_EQ(test::play(made.plan, 99), test::play(*frozen_plan, 6)) << spec;
    }
}

TEST_P(ValidSpec, PlaysTheSameInBlocksOfAnySize) {
    auto const& c = GetParam();
    if (message_count() == 0 || c.is("not_rendered", true)) return;
    auto const plan = ready().plan;
    auto const whole = test::play(plan, 3, 1U << 20U);
    for (std::size_t const block : {1, 2, 3, 7, 64, 4096, 4097}) {
        if (plan.length / block > 20000) continue;
        EXPECT_EQ(test::play(plan, 3, block), whole) << "blocks of " << block;
    }
}

INSTANTIATE_TEST_SUITE_P(Conformance, ValidSpec, testing::ValuesIn(cases(true)), pathology::test::case_name);

class InvalidSpec : public testing::TestWithParam<Case> {};

TEST_P(InvalidSpec, IsRefusedWithAMessage) {
    auto const& c = GetParam();
    auto const messages = parse(c, c.spec());
    SpecFailure failure;
    if (messages.has_error()) {
        failure = messages.error();
    } else {
        std::uint64_t failures = 0;
        auto const settings = settings_for(c);
        for (auto const& message : *messages) {
            Rng rng(7);
            auto const resolved = resolve(message, settings, rng);
            auto const plan = resolved.has_error() ? Parsed<Plan>(resolved.error()) : make_plan(*resolved, settings);
            if (plan.has_error()) failure = plan.error();
            failures += plan.has_error() ? 1U : 0U;
        }
        EXPECT_GT(failures, 0U) << "was accepted: " << print(messages->front());
    }
    EXPECT_FALSE(failure.message.empty());
    EXPECT_LE(failure.span.begin, c.spec().size());
    EXPECT_EQ(failure.message.find('\n'), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Conformance, InvalidSpec, testing::ValuesIn(cases(false)), pathology::test::case_name);

class Http2Action : public testing::TestWithParam<Case> {};

TEST_P(Http2Action, IsPlayedWhereTheOriginalRefusesIt) {
    auto const& c = GetParam();
    ASSERT_TRUE(c.is("valid", false)) << "the original takes it too";
    auto const messages = parse(c, c.spec());
    ASSERT_TRUE(messages.has_value()) << describe(messages.error(), c.spec());
    EXPECT_EQ(messages->size(), 1U);
    auto const ready = first(c, *messages);
    ASSERT_TRUE(ready.has_value()) << ready.error().message;
    auto const played = test::play(ready->plan, 1);
    auto const is_nested = find<NestedResponse>(features(messages->front())) != nullptr;
    EXPECT_TRUE(is_nested || played.disconnected || !played.pauses.empty() ||
                ready->plan.length > ready->plan.base_length);
}

INSTANTIATE_TEST_SUITE_P(Conformance, Http2Action,
                         testing::ValuesIn(pathology::test::conformance_cases(is_accepted_for_its_actions)),
                         pathology::test::case_name);

}  // namespace
}  // namespace pathology::language
