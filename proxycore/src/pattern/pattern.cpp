#define PCRE2_CODE_UNIT_WIDTH 8
#include <pathology/proxycore/pattern/pattern.hpp>

#include <pcre2.h>

#include <array>
#include <new>
#include <optional>
#include <pathology/proxycore/http/escaped.hpp>
#include <stdexcept>

namespace pathology::proxycore::pattern {
namespace {

constexpr std::uint32_t max_steps = 1'000'000;
constexpr std::uint32_t max_heap_kib = 20'000;
// Compiled matches use the stack of the thread up to 32 KiB, which a group repeated over a long subject exceeds.
constexpr std::size_t min_stack = std::size_t{32} * 1024;
constexpr std::size_t max_stack = std::size_t{4} * 1024 * 1024;

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
        pcre2_set_match_limit(context_, max_steps);
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

    /// Returns PCRE2's number: negative if there is no match, or for an error.
    int search(pcre2_code const* code, std::string_view subject, std::size_t from, std::uint32_t options) {
        return pcre2_match(code, bytes_of(subject), subject.size(), from, options, data_, context_);
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

std::uint32_t flags_of(Options options) {
    std::uint32_t const letters = options.letters == Case::any ? PCRE2_CASELESS : 0;
    std::uint32_t const place = options.place == Place::start ? PCRE2_ANCHORED : 0;
    return letters | place;
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
    State(pcre2_code* its_code, std::string_view its_text) : code(its_code), text(its_text) {}
    ~State() { pcre2_code_free(code); }
    State(State const&) = delete;
    State& operator=(State const&) = delete;

    /// std::nullopt if there is no match at `from` or later; with may_be_empty false, if no longer one begins there.
    Result<std::optional<Range>> search(std::string_view subject, std::size_t from, bool may_be_empty) const {
        std::uint32_t const options = may_be_empty ? 0 : PCRE2_NOTEMPTY_ATSTART | PCRE2_ANCHORED;
        auto const outcome = workspace().search(code, subject, from, options);
        if (outcome == PCRE2_ERROR_NOMATCH) return std::optional<Range>();
        if (outcome < 0) return match_failure(outcome, text, subject);
        return std::optional(workspace().found());
    }

    pcre2_code* const code;
    std::string const text;
};

Result<Pattern> Pattern::compile(std::string_view text, Options options) {
    int error = 0;
    PCRE2_SIZE place = 0;
    auto* const code = pcre2_compile(bytes_of(text), text.size(), flags_of(options), &error, &place, nullptr);
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
