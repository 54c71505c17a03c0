#include "received.hpp"

#include <algorithm>
#include <pathology/proxycore/http/target.hpp>

namespace pathology::pathod {
namespace {

void append_up_to(std::string& kept, std::string_view more, std::size_t limit) {
    kept.append(more.substr(0, limit - std::min(limit, kept.size())));
}

}  // namespace

void Received::begin() {
    body_.clear();
    raw_.clear();
    raw_size_ = 0;
    started_ = std::chrono::system_clock::now();
    began_ = std::chrono::steady_clock::now();
}

void Received::keep_raw(std::string_view bytes) {
    raw_size_ += bytes.size();
    if (options_.show_requests) append_up_to(raw_, bytes, options_.keep_bytes);
}

void Received::keep_body(std::string_view bytes) { append_up_to(body_, bytes, options_.keep_body); }

std::string_view path_of(std::string_view target) {
    if (target.starts_with('/')) return target;
    auto const path = proxycore::http::parse_target(target).path;
    return path.empty() ? target : path;
}

}  // namespace pathology::pathod
