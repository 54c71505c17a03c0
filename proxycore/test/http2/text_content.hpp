// Content of a test.
#pragma once
#include <pathology/proxycore/http2/content.hpp>
#include <string>

namespace pathology::proxycore::http2::test {

/// Content out of a text that may grow.
class TextContent : public Content {
public:
    explicit TextContent(std::string text, bool is_whole = true) : text_(std::move(text)), is_whole_(is_whole) {}

    std::optional<Piece> peek(std::size_t limit) override {
        if (is_broken) return std::nullopt;
        auto const rest = std::string_view(text_).substr(used_);
        return Piece{rest.substr(0, limit), is_whole_ && rest.size() <= limit};
    }
    void consume(std::size_t size) override { used_ += size; }

    void add(std::string_view more, bool is_whole) {
        text_ += more;
        is_whole_ = is_whole;
    }
    http::Fields const* trailers() const override { return &after; }

    bool is_broken = false;
    http::Fields after;  ///< the trailers

private:
    std::string text_;
    bool is_whole_;
    std::size_t used_ = 0;
};

}  // namespace pathology::proxycore::http2::test
