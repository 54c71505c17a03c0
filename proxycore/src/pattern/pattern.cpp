#define PCRE2_CODE_UNIT_WIDTH 8
#include <pathology/proxycore/pattern/pattern.hpp>

#include <pcre2.h>

#include <array>
#include <new>
#include <optional>
#include <stdexcept>

namespace pathology::proxycore::pattern {
namespace {

// Limits of backtracking: patterns come from users, but subjects come from the network. Beyond them there is no match.
constexpr std::uint32_t max_steps = 10'000'000;
constexpr std::uint32_t max_heap_kib = 20'000;

PCRE2_SPTR bytes_of(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

struct Range {
    std::size_t begin, end;
};

/// The state of a match; one per thread, because matching writes to it.
class Workspace {
public:
    Workspace() : data_(pcre2_match_data_create(1, nullptr)), context_(pcre2_match_context_create(nullptr)) {
        if (data_ == nullptr || context_ == nullptr) throw std::bad_alloc();
        pcre2_set_match_limit(context_, max_steps);
        pcre2_set_heap_limit(context_, max_heap_kib);
    }
    ~Workspace() {
        pcre2_match_context_free(context_);
        pcre2_match_data_free(data_);
    }
    Workspace(Workspace const&) = delete;
    Workspace& operator=(Workspace const&) = delete;

    std::optional<Range> search(pcre2_code const* code, std::string_view subject, std::size_t from, bool may_be_empty) {
        std::uint32_t const options = may_be_empty ? 0 : PCRE2_NOTEMPTY_ATSTART | PCRE2_ANCHORED;
        if (pcre2_match(code, bytes_of(subject), subject.size(), from, options, data_, context_) < 0)
            return std::nullopt;
        auto const* const range = pcre2_get_ovector_pointer(data_);
        return Range{range[0], range[1]};
    }

private:
    pcre2_match_data* data_;
    pcre2_match_context* context_;
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

Failure failure_of(int error, std::size_t offset) {
    std::array<PCRE2_UCHAR, 256> text{};
    pcre2_get_error_message(error, text.data(), text.size());
    std::string reason = reinterpret_cast<char const*>(text.data());
    auto message = "not a regular expression, at byte " + std::to_string(offset) + ": " + reason;
    return {error, std::move(message), std::move(reason), offset};
}

}  // namespace

void throw_exception_from_error(Failure const& failure, boost::source_location const&) {
    throw std::invalid_argument(failure.message);
}

boost::system::result<Pattern, Failure> Pattern::compile(std::string_view text, Options options) {
    int error = 0;
    PCRE2_SIZE place = 0;
    auto* const code = pcre2_compile(bytes_of(text), text.size(), flags_of(options), &error, &place, nullptr);
    if (code == nullptr) return failure_of(error, place);
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);  // without JIT support, PCRE2 interprets the pattern
    return Pattern({code, [](auto* unused) { pcre2_code_free(unused); }});
}

bool Pattern::matches(std::string_view subject) const {
    return workspace().search(code_.get(), subject, 0, true).has_value();
}

std::size_t Pattern::replace_in(std::string& subject, std::string_view text) const {
    std::string out;
    std::size_t count = 0, copied = 0, from = 0;
    bool may_be_empty = true;
    while (from <= subject.size()) {
        auto const match = workspace().search(code_.get(), subject, from, may_be_empty);
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
