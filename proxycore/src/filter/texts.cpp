#include "filter/texts.hpp"

#include <utility>

namespace pathology::proxycore::filter {
namespace {

constexpr std::size_t max_kept = std::size_t{64} * 1024;

thread_local std::unique_ptr<Buffers> idle_buffers;

void clear_text(std::string& text) {
    if (text.capacity() > max_kept)
        std::string().swap(text);
    else
        text.clear();
}

std::size_t index_of(Side side) { return static_cast<std::size_t>(side); }

}  // namespace

void Buffers::clear() {
    for (auto* const text :
         {&url, &source, &destination, &metadata, &sections[0], &sections[1], &contents[0], &contents[1]})
        clear_text(*text);
}

BorrowedBuffers::BorrowedBuffers() : buffers_(idle_buffers ? std::move(idle_buffers) : std::make_unique<Buffers>()) {}

BorrowedBuffers::~BorrowedBuffers() {
    buffers_->clear();
    idle_buffers = std::move(buffers_);
}

template <class Make> Texts::Text Texts::once(std::optional<Text>& kept, Make make) {
    if (!kept) kept = make();
    return *kept;
}

Texts::Text Texts::url() {
    return once(url_, [this] { return subject_.pretty_url(buffers_.url); });
}

Texts::Text Texts::source() {
    return once(source_, [this] { return subject_.source(buffers_.source); });
}

Texts::Text Texts::destination() {
    return once(destination_, [this] { return subject_.destination(buffers_.destination); });
}

Texts::Text Texts::metadata() {
    return once(metadata_, [this] { return subject_.metadata(buffers_.metadata); });
}

Texts::Text Texts::header_section(Side side) {
    return once(sections_[index_of(side)], [&]() -> Text {
        auto const* const fields = subject_.fields(side);
        if (fields == nullptr) return std::nullopt;
        auto& text = buffers_.sections[index_of(side)];
        for (auto const field : *fields) text.append(field.name).append(": ").append(field.value).append("\r\n");
        return text;
    });
}

Content Texts::content(Side side) {
    auto& kept = contents_[index_of(side)];
    if (!kept) kept = subject_.content(side, max_content_, buffers_.contents[index_of(side)]);
    return *kept;
}

}  // namespace pathology::proxycore::filter
