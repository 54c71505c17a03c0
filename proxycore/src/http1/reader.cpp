#include <algorithm>
#include <pathology/proxycore/http1/reader.hpp>

#include "http1/request_machine.hpp"
#include "http1/response_machine.hpp"

namespace pathology::proxycore::http1 {

Reader::Reader(std::unique_ptr<Machine> machine) : machine_(std::move(machine)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

std::span<char> Reader::prepare(std::size_t size) { return machine_->buffer.prepare(size); }
void Reader::commit(std::size_t size) { machine_->buffer.commit(size); }
void Reader::release() { machine_->buffer.release(); }
void Reader::feed(std::string_view bytes) {
    std::copy(bytes.begin(), bytes.end(), prepare(bytes.size()).begin());
    commit(bytes.size());
}

Outcome Reader::next() { return machine_->next(); }
Outcome Reader::finish() { return machine_->finish(); }

std::string_view Reader::data() const { return machine_->data; }
std::string_view Reader::raw() const { return machine_->raw; }
http::Fields const& Reader::trailers() const { return machine_->trailers; }
std::uint64_t Reader::body_size() const { return machine_->body_size; }
std::optional<std::uint64_t> Reader::content_length() const { return machine_->content_length; }
bool Reader::is_chunked() const { return machine_->is_chunked; }
bool Reader::keep_alive() const { return machine_->keep_alive; }
bool Reader::is_between_messages() const { return machine_->is_between_messages(); }

std::string_view Reader::buffered() const { return machine_->buffer.unread(); }
std::string Reader::take_buffered() {
    std::string bytes(buffered());
    machine_->buffer.use(bytes.size());
    return bytes;
}

RequestReader::RequestReader(Limits const& limits, Leniency const& leniency)
    : Reader(std::make_unique<RequestMachine>(limits, leniency)) {}
http::RequestHead const& RequestReader::head() const { return static_cast<RequestMachine const&>(*machine_).head; }
bool RequestReader::expects_continue() const { return static_cast<RequestMachine const&>(*machine_).expects_continue; }

ResponseReader::ResponseReader(Limits const& limits, Leniency const& leniency)
    : Reader(std::make_unique<ResponseMachine>(limits, leniency)) {}
void ResponseReader::expect_reply_to(std::string_view method) {
    static_cast<ResponseMachine&>(*machine_).expect_reply_to(method);
}
http::ResponseHead const& ResponseReader::head() const { return static_cast<ResponseMachine const&>(*machine_).head; }
bool ResponseReader::is_interim() const { return static_cast<ResponseMachine const&>(*machine_).is_interim(); }

}  // namespace pathology::proxycore::http1
