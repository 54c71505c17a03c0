// The texts of a subject that tests search, made when the first test asks for them and at most once for a subject.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <pathology/proxycore/filter/subject.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::filter {

/// Memory for texts that do not exist in one piece. It is kept for the next subject.
struct Buffers {
    std::string url{}, source{}, destination{}, metadata{};
    std::array<std::string, 2> sections{}, contents{};

    /// Makes all empty, and gives back what a large text has left.
    void clear();
};

/// Buffers of this thread, or new ones while those are in use, as during a call from within a subject.
class BorrowedBuffers {
public:
    BorrowedBuffers();
    ~BorrowedBuffers();
    BorrowedBuffers(BorrowedBuffers const&) = delete;
    BorrowedBuffers& operator=(BorrowedBuffers const&) = delete;

    Buffers& operator*() const { return *buffers_; }

private:
    std::unique_ptr<Buffers> buffers_;
};

class Texts {
public:
    Texts(Subject const& subject, std::uint64_t max_content, Buffers& buffers)
        : subject_(subject), max_content_(max_content), buffers_(buffers) {}

    Subject const& subject() const { return subject_; }
    std::uint64_t max_content() const { return max_content_; }

    using Text = std::optional<std::string_view>;
    Text url();
    Text source();
    Text destination();
    Text metadata();
    /// `Name: value` and CRLF for each line.
    Text header_section(Side side);
    Content content(Side side);

private:
    template <class Make> Text once(std::optional<Text>& kept, Make make);

    Subject const& subject_;
    std::uint64_t max_content_;
    Buffers& buffers_;
    std::optional<Text> url_{}, source_{}, destination_{}, metadata_{};
    std::array<std::optional<Text>, 2> sections_{};
    std::array<std::optional<Content>, 2> contents_{};
};

}  // namespace pathology::proxycore::filter
