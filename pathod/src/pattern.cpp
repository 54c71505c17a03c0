#define PCRE2_CODE_UNIT_WIDTH 8
#include "pattern.hpp"

#include <pcre2.h>

#include <array>
#include <new>

namespace pathology::pathod {
namespace {

constexpr std::uint32_t most_steps = 10'000'000;
constexpr std::uint32_t most_heap_kib = 20'000;

PCRE2_SPTR bytes_of(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

/// What a match needs beside the pattern; each thread has its own, because a match writes to it.
class Workspace {
public:
    Workspace() : data_(pcre2_match_data_create(1, nullptr)), context_(pcre2_match_context_create(nullptr)) {
        if (data_ == nullptr || context_ == nullptr) throw std::bad_alloc();
        pcre2_set_match_limit(context_, most_steps);
        pcre2_set_heap_limit(context_, most_heap_kib);
    }
    ~Workspace() {
        pcre2_match_context_free(context_);
        pcre2_match_data_free(data_);
    }
    Workspace(Workspace const&) = delete;
    Workspace& operator=(Workspace const&) = delete;

    bool match(pcre2_code const* code, std::string_view subject) {
        return pcre2_match(code, bytes_of(subject), subject.size(), 0, 0, data_, context_) >= 0;
    }

private:
    pcre2_match_data* data_;
    pcre2_match_context* context_;
};

std::string message_of(int error) {
    std::array<PCRE2_UCHAR, 256> text{};
    pcre2_get_error_message(error, text.data(), text.size());
    return reinterpret_cast<char const*>(text.data());
}

}  // namespace

void Pattern::Free::operator()(pcre2_real_code_8* code) const noexcept { pcre2_code_free(code); }

boost::system::result<Pattern, PatternFailure> Pattern::compile(std::string_view text) {
    int error = 0;
    PCRE2_SIZE place = 0;
    auto* const code =
        pcre2_compile(bytes_of(text), text.size(), PCRE2_ANCHORED | PCRE2_DOLLAR_ENDONLY, &error, &place, nullptr);
    if (code == nullptr) return PatternFailure{message_of(error), place};
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);  // where there is none, the interpreter serves
    return Pattern(code);
}

bool Pattern::matches_start_of(std::string_view path) const {
    thread_local Workspace workspace;
    return workspace.match(code_.get(), path);
}

}  // namespace pathology::pathod
