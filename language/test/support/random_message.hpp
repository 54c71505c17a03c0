#pragma once
// Messages as the grammar could build them, from a seed.

#include <pathology/language/ast.hpp>
#include <pathology/language/rng.hpp>
#include <string>

namespace pathology::language::test {

struct RandomMessageOptions {
    bool files = true;       ///< values may be files, which need not exist
    bool huge_sizes = true;  ///< generated values and offsets may have any size up to 2^64
};

/// Draws messages with every feature that their kind allows, and with every byte in their text.
class RandomMessages {
public:
    explicit RandomMessages(std::uint64_t seed, RandomMessageOptions options = {}) : rng_(seed), options_(options) {}

    Message response();
    Message request();
    Message client_frame();
    Message server_frame();

private:
    bool maybe(std::uint64_t one_in) { return rng_.below(one_in) == 0; }
    std::string bytes(std::uint64_t most);
    std::string digits();
    Value quoted_value();
    Value any_value();
    Offset offset();
    Feature action();
    UserAgent user_agent();
    Feature http_feature(bool is_request);
    Feature frame_feature(bool is_client);
    template <class MakeFeature> Features features(MakeFeature make);

    Rng rng_;
    RandomMessageOptions options_;
};

}  // namespace pathology::language::test
