#define PCRE2_CODE_UNIT_WIDTH 8
#include <pathology/proxycore/pattern/pattern.hpp>

#include <pcre2.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <new>
#include <optional>
#include <pathology/proxycore/http/escaped.hpp>
#include <stdexcept>
#include <utility>

namespace pathology::proxycore::pattern {
namespace {

constexpr std::uint32_t max_steps = 1'000'000;  // from one place where a match may begin
constexpr std::uint32_t max_heap_kib = 20'000;
// Compiled matches use the stack of the thread up to 32 KiB, which a group repeated over a long subject exceeds.
constexpr std::size_t min_stack = std::size_t{32} * 1024;
constexpr std::size_t max_stack = std::size_t{4} * 1024 * 1024;

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

PCRE2_SPTR bytes_of(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

struct Range {
    std::size_t begin, end;
};

/// The state of a match; one per thread, because matching writes to it.
class Workspace {
public:
    Workspace()
        : data_(pcre2_match_data_create(1, nullptr)),
          context_(pcre2_match_context_create(nullptr)),
          stack_(pcre2_jit_stack_create(min_stack, max_stack, nullptr)) {
        if (data_ == nullptr || context_ == nullptr) throw std::bad_alloc();
        pcre2_set_heap_limit(context_, max_heap_kib);
        // Without JIT support there is no such stack, and a null one is ignored.
        pcre2_jit_stack_assign(context_, nullptr, stack_);
    }
    ~Workspace() {
        pcre2_jit_stack_free(stack_);
        pcre2_match_context_free(context_);
        pcre2_match_data_free(data_);
    }
    Workspace(Workspace const&) = delete;
    Workspace& operator=(Workspace const&) = delete;

    /// Where a match may begin, the last place included (PCRE2_UNSET for any), and the steps from each place.
    struct Part {
        std::size_t from, last = PCRE2_UNSET;
        std::uint32_t steps = max_steps;
    };

    /// Returns PCRE2's number: negative if there is no match, or for an error.
    int search(pcre2_code const* code, std::string_view subject, Part part, std::uint32_t options) {
        pcre2_set_match_limit(context_, part.steps);
        pcre2_set_offset_limit(context_, part.last);
        return pcre2_match(code, bytes_of(subject), subject.size(), part.from, options, data_, context_);
    }
    Range found() const {
        auto const* const range = pcre2_get_ovector_pointer(data_);
        return {range[0], range[1]};
    }

private:
    pcre2_match_data* data_;
    pcre2_match_context* context_;
    pcre2_jit_stack* stack_;
};

Workspace& workspace() {
    thread_local Workspace workspace;
    return workspace;
}

// --- a search in parts -----------------------------------------------------------------------------------------------

/// Bounds the time of a search.
///
/// PCRE2 counts steps anew at each place where a match may begin, so its limit allows a million steps for each byte of the
/// subject; and it counts no steps while it looks for a single character. Here a search consists of parts, each of some
/// places, and the time is looked at between them:
///
///     steps     for each place of a part; more of them after a part that needed more, up to max_steps
///     effort    bounds places × steps, and places × bytes of the subject; more after a short part, the least again
///               after a long one
class PartedSearch {
public:
    PartedSearch(pcre2_code const* code, std::string_view subject, std::size_t from)
        : code_(code), subject_(subject), from_(from) {
        auto const places = std::min<std::uint64_t>(subject.size() - from + 1, max_places);
        steps_ = std::min<std::uint64_t>(max_steps, min_effort / places);
    }

    /// As Workspace::search(); PCRE2_ERROR_MATCHLIMIT if it takes too long.
    int run() {
        for (;;) {
            auto const last = from_ + std::min<std::uint64_t>(subject_.size() - from_, places() - 1);
            auto const steps = static_cast<std::uint32_t>(steps_);
            auto const outcome = workspace().search(code_, subject_, {from_, last, steps}, 0);
            if (outcome == PCRE2_ERROR_MATCHLIMIT && steps_ < max_steps)
                steps_ = std::min<std::uint64_t>(steps_ * 16, max_steps);
            else if (outcome != PCRE2_ERROR_NOMATCH || last == subject_.size())
                return outcome;
            else
                from_ = last + 1;
            if (!continue_in_time()) return PCRE2_ERROR_MATCHLIMIT;
        }
    }

private:
    using Clock = std::chrono::steady_clock;

    std::uint64_t places() const {
        auto const by_bytes = std::max<std::uint64_t>(64, effort_ / ((subject_.size() - from_) / 4 + 1));
        return std::clamp<std::uint64_t>(std::min(effort_ / steps_, by_bytes), 1, max_places);
    }

    static std::chrono::nanoseconds cpu_time() {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
    }

    /// The limit is one of CPU time; it is read when so much time has passed.
    bool continue_in_time() {
        auto const time = Clock::now();
        if (began_ == Clock::time_point()) {  // the first part, which most searches have alone, is not measured
            began_ = part_began_ = time;
            cpu_began_ = cpu_time();
            return true;
        }
        auto const is_short = time - std::exchange(part_began_, time) < std::chrono::milliseconds(1);
        effort_ = is_short ? std::min(effort_ * 4, max_effort) : min_effort;
        auto const limit = std::chrono::milliseconds(50) + subject_.size() * std::chrono::nanoseconds(50);
        return time - began_ < limit || cpu_time() - cpu_began_ < limit;
    }

    static constexpr std::uint64_t max_places = 4096;
    static constexpr std::uint64_t min_effort = 2'000'000;   // some 10 ms at most
    static constexpr std::uint64_t max_effort = 64'000'000;  // some 300 ms at most

    pcre2_code const* code_;
    std::string_view subject_;
    std::size_t from_;
    std::uint64_t steps_ = max_steps;
    std::uint64_t effort_ = min_effort;
    Clock::time_point began_{}, part_began_{};
    std::chrono::nanoseconds cpu_began_{};
};

/// A match of such a pattern begins at one place alone.
bool is_anchored(pcre2_code const* code) {
    std::uint32_t options = 0;
    pcre2_pattern_info(code, PCRE2_INFO_ALLOPTIONS, &options);
    return (options & PCRE2_ANCHORED) != 0;
}

// --- compilation -----------------------------------------------------------------------------------------------------

std::uint32_t flags_of(Options options) {
    std::uint32_t const letters = options.letters == Case::any ? PCRE2_CASELESS : 0;
    std::uint32_t const place = options.place == Place::start ? PCRE2_ANCHORED : 0;
    return letters | place | PCRE2_USE_OFFSET_LIMIT;
}

/// Text beyond ASCII is characters of UTF-8 if it is valid, so that a class has whole ones and case is ignored for all.
/// Subjects may be invalid: no character matches such bytes.
pcre2_code* compile_code(std::string_view text, Options options, int& error, PCRE2_SIZE& place) {
    auto const compile_with = [&](std::uint32_t flags) {
        return pcre2_compile(bytes_of(text), text.size(), flags_of(options) | flags, &error, &place, nullptr);
    };
    if (is_ascii(text)) return compile_with(0);
    auto* const code = compile_with(PCRE2_UTF | PCRE2_MATCH_INVALID_UTF);
    bool const is_utf8 = error > 0 || code != nullptr;  // PCRE2's errors of UTF-8 are negative
    return is_utf8 ? code : compile_with(0);
}

std::string reason_of(int error) {
    std::array<PCRE2_UCHAR, 256> text{};
    pcre2_get_error_message(error, text.data(), text.size());
    return reinterpret_cast<char const*>(text.data());
}

Failure compile_failure(int error, std::size_t offset) {
    auto reason = reason_of(error);
    auto message = "not a regular expression, at byte " + std::to_string(offset) + ": " + reason;
    return {error, std::move(message), std::move(reason), offset};
}

Failure match_failure(int error, std::string_view pattern, std::string_view subject) {
    auto reason = reason_of(error);
    auto message = "the regular expression '" + http::terminal_text(pattern) + "' was given up on " +
                   http::quoted(subject) + " (" + std::to_string(subject.size()) + " bytes): " + reason +
                   "; a simpler one, without a repetition inside a repetition, needs fewer steps";
    return {error, std::move(message), std::move(reason), 0};
}

}  // namespace

void throw_exception_from_error(Failure const& failure, boost::source_location const&) {
    // PCRE2's errors of compilation are positive, those of matching negative.
    if (failure.code > 0) throw std::invalid_argument(failure.message);
    throw std::runtime_error(failure.message);
}

struct Pattern::State {
    State(pcre2_code* its_code, std::string_view its_text)
        : code(its_code), text(its_text), has_one_place(is_anchored(its_code)) {}
    ~State() { pcre2_code_free(code); }
    State(State const&) = delete;
    State& operator=(State const&) = delete;

    /// std::nullopt if there is no match at `from` or later; with may_be_empty false, if no longer one begins there.
    Result<std::optional<Range>> search(std::string_view subject, std::size_t from, bool may_be_empty) const {
        auto const outcome = run(subject, from, may_be_empty);
        if (outcome == PCRE2_ERROR_NOMATCH) return std::optional<Range>();
        if (outcome < 0) return match_failure(outcome, text, subject);
        return std::optional(workspace().found());
    }

    pcre2_code* const code;
    std::string const text;
    bool const has_one_place;

private:
    int run(std::string_view subject, std::size_t from, bool may_be_empty) const {
        if (may_be_empty && !has_one_place) return PartedSearch(code, subject, from).run();
        auto const options = may_be_empty ? 0U : PCRE2_NOTEMPTY_ATSTART | PCRE2_ANCHORED;
        return workspace().search(code, subject, {from}, options);
    }
};

Result<Pattern> Pattern::compile(std::string_view text, Options options) {
    int error = 0;
    PCRE2_SIZE place = 0;
    auto* const code = compile_code(text, options, error, place);
    if (code == nullptr) return compile_failure(error, place);
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);  // without JIT support, PCRE2 interprets the pattern
    return Pattern(std::make_shared<State const>(code, text));
}

Result<bool> Pattern::matches(std::string_view subject) const {
    auto const match = state_->search(subject, 0, true);
    if (!match) return match.error();
    return match->has_value();
}

Result<std::size_t> Pattern::replace_in(std::string& subject, std::string_view text) const {
    std::string out;
    std::size_t count = 0, copied = 0, from = 0;
    bool may_be_empty = true;
    while (from <= subject.size()) {
        auto const searched = state_->search(subject, from, may_be_empty);
        if (!searched) return searched.error();
        auto const& match = *searched;
        if (!match) {
            if (may_be_empty) break;
            // After an empty match the search was for a non-empty one at the same position. There is none: continue
            // one byte further.
            may_be_empty = true;
            ++from;
            continue;
        }
        out.append(subject, copied, match->begin - copied).append(text);
        ++count;
        copied = from = match->end;
        // As in Perl: no empty match directly at the end of an empty match, or the loop would not advance.
        may_be_empty = match->begin != match->end;
    }
    if (count > 0) subject = out.append(subject, copied);
    return count;
}

}  // namespace pathology::proxycore::pattern
