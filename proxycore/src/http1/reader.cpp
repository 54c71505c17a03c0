#include <algorithm>
#include <pathology/proxycore/http1/reader.hpp>

#include "http1/parser.hpp"

namespace pathology::proxycore::http1 {

Reader::Reader(std::unique_ptr<MessageParser> parser) : parser_(std::move(parser)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

std::span<char> Reader::prepare(std::size_t size) { return parser_->buffer.prepare(size); }
void Reader::commit(std::size_t size) { parser_->buffer.commit(size); }
void Reader::release() { parser_->buffer.release(); }
void Reader::feed(std::string_view bytes) {
    std::copy(bytes.begin(), bytes.end(), prepare(bytes.size()).begin());
    commit(bytes.size());
}

Outcome Reader::next() { return parser_->next(); }
Outcome Reader::finish() { return parser_->finish(); }

std::string_view Reader::data() const { return parser_->data; }
std::string_view Reader::raw() const { return parser_->raw; }
http::Fields const& Reader::trailers() const { return parser_->trailers; }
std::uint64_t Reader::body_size() const { return parser_->body_size; }
std::optional<std::uint64_t> Reader::content_length() const { return parser_->content_length; }
bool Reader::is_chunked() const { return parser_->is_chunked; }
bool Reader::keep_alive() const { return parser_->keep_alive; }
bool Reader::is_between_messages() const { return parser_->is_between_messages(); }

std::string_view Reader::buffered() const { return parser_->buffer.unread(); }
std::string_view Reader::first_line() const { return line_at(buffered(), 0); }
std::string Reader::take_buffered() {
    std::string bytes(buffered());
    parser_->buffer.use(bytes.size());
    return bytes;
}

RequestReader::RequestReader(Limits const& limits, Leniency const& leniency)
    : Reader(std::make_unique<RequestParser>(limits, leniency)) {}
http::RequestHead const& RequestReader::head() const { return static_cast<RequestParser const&>(*parser_).head; }
bool RequestReader::expects_continue() const { return static_cast<RequestParser const&>(*parser_).expects_continue; }

ResponseReader::ResponseReader(Limits const& limits, Leniency const& leniency)
    : Reader(std::make_unique<ResponseParser>(limits, leniency)) {}
void ResponseReader::expect_response_to(std::string_view method) {
    static_cast<ResponseParser&>(*parser_).expect_response_to(method);
}
http::ResponseHead const& ResponseReader::head() const { return static_cast<ResponseParser const&>(*parser_).head; }
bool ResponseReader::is_interim() const { return static_cast<ResponseParser const&>(*parser_).is_interim(); }

}  // namespace pathology::proxycore::http1
