// Beast checks the bytes of lines, the framing fields and the chunks. Limits, line ends, versions and every rule that
// Beast does not have are checked by the callers before.

#include "http1/grammar.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <limits>

namespace pathology::proxycore::http1 {
namespace {

namespace beast = boost::beast;
using BeastError = beast::error_code;

void assign(http::RequestHead& head, beast::string_view method, beast::string_view target) {
    head.method.assign(method.data(), method.size());
    head.target.assign(target.data(), target.size());
}

void assign(http::ResponseHead& head, int status, beast::string_view reason) {
    head.status = static_cast<unsigned>(status);
    head.reason.assign(reason.data(), reason.size());
}

void count(Facts& facts, beast::http::field name) {
    switch (name) {
        case beast::http::field::content_length: ++facts.content_lengths; break;
        case beast::http::field::transfer_encoding: ++facts.transfer_encodings; break;
        case beast::http::field::host: ++facts.hosts; break;
        case beast::http::field::expect: facts.expect = true; break;
        default: break;
    }
}

// The results of the callbacks for one message.
template <class Head> struct Harvest {
    Head& head;
    http::Fields& trailers;
    Facts facts{};
    std::string_view body{};
    std::uint64_t chunk_size = 0;
    bool start_line_done = false, head_done = false;
};

template <class Head> class Parser final : public beast::http::basic_parser<std::is_same_v<Head, http::RequestHead>> {
    using Base = beast::http::basic_parser<std::is_same_v<Head, http::RequestHead>>;

public:
    Parser(Harvest<Head>& harvest, bool skip_body) : harvest_(harvest) {
        // MessageParser checks limits, with better messages.
        this->header_limit(std::numeric_limits<std::uint32_t>::max());
        this->body_limit(boost::none);
        this->skip(skip_body);
    }

private:
    void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int,
                         BeastError&) override {
        if constexpr (std::is_same_v<Head, http::RequestHead>) assign(harvest_.head, method, target);
        harvest_.start_line_done = true;
    }
    void on_response_impl(int status, beast::string_view reason, int, BeastError&) override {
        if constexpr (std::is_same_v<Head, http::ResponseHead>) assign(harvest_.head, status, reason);
        harvest_.start_line_done = true;
    }
    void on_field_impl(beast::http::field known, beast::string_view name, beast::string_view value,
                       BeastError&) override {
        auto& fields = harvest_.head_done ? harvest_.trailers : harvest_.head.fields;
        fields.add({name.data(), name.size()}, {value.data(), value.size()});
        // Only fields of the head frame the message; trailers must not (RFC 9110 §6.5.1).
        if (!harvest_.head_done) count(harvest_.facts, known);
    }
    void on_header_impl(BeastError&) override { harvest_.head_done = true; }
    void on_body_init_impl(boost::optional<std::uint64_t> const&, BeastError&) override {}
    std::size_t on_body_impl(beast::string_view body, BeastError&) override {
        harvest_.body = {body.data(), body.size()};
        return body.size();
    }
    void on_chunk_header_impl(std::uint64_t size, beast::string_view, BeastError&) override {
        harvest_.chunk_size = size;
    }
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, BeastError&) override {
        harvest_.body = {body.data(), body.size()};
        return body.size();
    }
    void on_finish_impl(BeastError&) override {}

    Harvest<Head>& harvest_;
};

std::optional<Errc> translate(BeastError code, Facts const& facts) {
    using beast::http::error;
    if (!code) return std::nullopt;
    if (code == error::bad_chunk || code == error::bad_chunk_extension) return Errc::bad_chunk;
    // RFC 9112 §6.1: "A sender MUST NOT send a Content-Length header field in any message that contains a
    // Transfer-Encoding header field." Beast reports the error of the field that came last.
    if (code == error::bad_content_length || code == error::multiple_content_length)
        return facts.transfer_encodings > 0 ? Errc::conflicting_framing : Errc::bad_content_length;
    if (code == error::bad_transfer_encoding)
        return facts.content_lengths > 0 ? Errc::conflicting_framing : Errc::bad_transfer_encoding;
    return Errc::bad_field;
}

template <class Head> class BeastGrammar final : public Grammar {
public:
    BeastGrammar(Head& head, http::Fields& trailers) : harvest_{head, trailers} {}

    void restart(bool skip_body) override {
        harvest_.facts = {};
        harvest_.start_line_done = harvest_.head_done = false;
        parser_.emplace(harvest_, skip_body);
    }
    std::optional<Errc> put(std::string_view bytes, bool whole, std::size_t& used) override {
        BeastError error;
        harvest_.body = {};
        used = parser_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
        // Beast has one set of codes for all lines of a section; the callbacks show how far it came.
        if (!harvest_.start_line_done) return Errc::bad_start_line;
        // Beast wants more input. For a complete section that is an error, since all of its lines were given.
        if (error != beast::http::error::need_more) return translate(error, harvest_.facts);
        if (!whole) return std::nullopt;
        return harvest_.head_done ? Errc::bad_chunk : Errc::bad_field;
    }
    void put_eof() override {
        BeastError error;
        parser_->put_eof(error);
    }

    bool is_complete() const override { return parser_->is_done(); }
    bool is_chunked() const override { return parser_->chunked(); }
    bool needs_eof() const override { return parser_->need_eof(); }
    bool keep_alive() const override { return parser_->keep_alive(); }
    std::optional<std::uint64_t> content_length() const override {
        auto const length = parser_->content_length();
        return length ? std::optional(*length) : std::nullopt;
    }
    std::string_view body() const override { return harvest_.body; }
    std::uint64_t chunk_size() const override { return harvest_.chunk_size; }
    Facts const& facts() const override { return harvest_.facts; }

private:
    Harvest<Head> harvest_;
    std::optional<Parser<Head>> parser_;
};

}  // namespace

std::unique_ptr<Grammar> make_grammar(http::RequestHead& head, http::Fields& trailers) {
    return std::make_unique<BeastGrammar<http::RequestHead>>(head, trailers);
}
std::unique_ptr<Grammar> make_grammar(http::ResponseHead& head, http::Fields& trailers) {
    return std::make_unique<BeastGrammar<http::ResponseHead>>(head, trailers);
}

}  // namespace pathology::proxycore::http1
