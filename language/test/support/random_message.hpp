#pragma once
// Messages as the grammar could build them, from a seed.

#include <pathology/language/ast.hpp>
#include <pathology/language/rng.hpp>
#include <string>

namespace pathology::language::test {

struct RandomMessageOptions {
    bool files = true;          ///< values may be files, which need not exist
    bool http2 = false;         ///< responses and requests are for HTTP/2
    bool huge_sizes = true;     ///< generated values and offsets may have any size up to 2^64
    bool nested_files = false;  ///< values of nested specs may be files
};

/// Draws messages with every token that the table allows in their kind, and with every byte in their text.
class RandomMessages {
public:
    explicit RandomMessages(std::uint64_t seed, RandomMessageOptions options = {}) : rng_(seed), options_(options) {}

    Message response();
    /// A response, or bytes in place of one, with a place in the request (`w`).
    Message waiting_response();
    Message request();
    Message client_frame();
    Message server_frame();
    Message http2_frame();
    Message http2_preface();
    Message raw_response();
    Message raw_request();

private:
    struct TokenMaker;
    bool maybe(std::uint64_t one_in) { return rng_.below(one_in) == 0; }
    std::string bytes(std::uint64_t max_count);
    std::string digits();
    Value quoted_value();
    Value any_value();
    Message nested(Message (RandomMessages::*draw)());
    Offset offset();
    std::uint64_t count();
    PauseTime time();
    Rate rate();
    std::int64_t distance();
    Feature feature(unsigned kind);
    Features features(unsigned kind);
    std::string number(std::uint64_t value);
    FrameNumber frame_number(std::uint32_t value, std::string const& name);
    FrameNumber flags(bool digits_first);
    FrameNumber relative_stream();
    PayloadNumber payload_number();
    PayloadPart payload_part();

    Rng rng_;
    RandomMessageOptions options_;
    bool is_nested_ = false;
};

}  // namespace pathology::language::test
