#include "layout.hpp"

#include <algorithm>
#include <functional>

namespace pathology::language {
namespace {

namespace websocket = proxycore::websocket;

/// Files up to this size become part of the plan's bytes where their content matters (header names, keys).
constexpr std::uint64_t small_file = 1024;

/// The order of generated values in memory, which pointers of different features have by std::less alone.
constexpr auto by_address = [](auto const& a, auto const& b) { return std::less<>()(a.first, b.first); };

/// The bytes of a file that is small enough to be known, else nothing.
Parsed<std::optional<std::string>> small_file_content(FileContent const& file) {
    if (file.size() > small_file) return std::optional<std::string>();
    std::string bytes(file.size(), '\0');
    if (auto const read = file.read(0, bytes); read.has_error()) return read.error();
    return std::optional(std::move(bytes));
}

}  // namespace

SpecFailure at(Feature const& feature, SpecFailure failure) {
    if (failure.span == SourceSpan{}) failure.span = feature.span;
    return failure;
}

std::uint64_t size(Piece const& piece) {
    struct Size {
        std::uint64_t operator()(SendBytes const& p) const { return p.bytes.size(); }
        std::uint64_t operator()(SendGenerated const& p) const { return p.size; }
        std::uint64_t operator()(SendFile const& p) const { return p.size; }
    };
    return std::visit(Size{}, piece);
}

StreamNumbers::StreamNumbers(Message const& message) {
    for_each_value(message, [this](Value const& value) {
        if (auto const* generated = std::get_if<Generated>(&value)) numbers_.emplace_back(generated, numbers_.size());
    });
    std::sort(numbers_.begin(), numbers_.end(), by_address);
}

std::uint64_t StreamNumbers::operator[](Generated const& generated) const {
    std::pair<Generated const*, std::uint64_t> const wanted{&generated, 0};
    return std::lower_bound(numbers_.begin(), numbers_.end(), wanted, by_address)->second;
}

void Layout::add(std::string_view bytes) {
    if (bytes.empty()) return;
    if (pieces_.empty() || !std::holds_alternative<SendBytes>(pieces_.back())) pieces_.emplace_back(SendBytes{});
    std::get<SendBytes>(pieces_.back()).bytes.append(bytes);
}

Parsed<void> Layout::add(Value const& value, std::optional<Mask> mask) {
    if (auto const* literal = std::get_if<Literal>(&value)) {
        if (!mask) {
            add(literal->bytes);
            return {};
        }
        auto masked = literal->bytes;
        websocket::apply_mask(masked, mask->key);
        add(masked);
    } else if (auto const* generated = std::get_if<Generated>(&value)) {
        if (generated->count > 0) {
            pieces_.emplace_back(SendGenerated{generated->type, streams_[*generated], 0, generated->size(), mask});
        }
    } else {
        auto file = open(std::get<FileValue>(value).path);
        if (file.has_error()) return file.error();
        auto const size = (*file)->size();
        if (size > 0) pieces_.emplace_back(SendFile{std::move(*file), 0, size, mask});
    }
    return {};
}

Parsed<std::shared_ptr<FileContent const>> Layout::open(std::string const& path) {
    auto& known = files_[path];
    if (known != nullptr) return known;
    auto opened = settings_.files.open(path);
    if (opened.has_value()) known = *opened;
    return opened;
}

Parsed<std::vector<Piece>> lay_out(Message const& message, Settings const& settings) {
    Layout layout(message, settings);
    auto const done = std::visit([&](auto const& is) { return lay_out_message(is, layout, settings); }, message);
    if (done.has_error()) return done.error();
    return layout.take();
}

Parsed<std::uint64_t> measure(Value const& value, Settings const& settings) {
    if (auto const* literal = std::get_if<Literal>(&value)) return literal->bytes.size();
    if (auto const* generated = std::get_if<Generated>(&value)) return generated->size();
    auto const file = settings.files.open(std::get<FileValue>(value).path);
    if (file.has_error()) return file.error();
    return (*file)->size();
}

Parsed<std::optional<std::string>> known_bytes(Value const& value, Settings const& settings) {
    if (auto const* literal = std::get_if<Literal>(&value)) return std::optional(literal->bytes);
    if (std::holds_alternative<Generated>(value)) return std::optional<std::string>();
    auto const file = settings.files.open(std::get<FileValue>(value).path);
    if (file.has_error()) return file.error();
    return small_file_content(**file);
}

}  // namespace pathology::language
