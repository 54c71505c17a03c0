#include <pathology/kit/client.hpp>

#include <pathology/pathoc/client.hpp>
#include <utility>

#include "shell.hpp"

namespace pathology::kit {
namespace {

pathoc::TlsOptions to_pathoc(ClientTls const& tls) {
    pathoc::TlsOptions result;
    result.use = true;
    // Off without `trust`: a test of the server's bytes should not need its authority.
    result.verify = tls.trust.has_value();
    result.authorities = tls.trust.value_or("");
    result.sni = tls.sni;
    result.client_certificate = tls.certificate;
    result.alpn = tls.alpn;
    result.versions = tls.versions;
    result.ciphers = tls.ciphers;
    return result;
}

pathoc::ClientOptions to_pathoc(ClientOptions const& options) {
    pathoc::ClientOptions result;
    result.host = options.host;
    result.port = options.port;
    if (options.tls) result.tls = to_pathoc(*options.tls);
    result.http2 = options.http2;
    result.time_limit = options.time_limit;
    result.seed = options.seed;
    result.body_limit = options.keep_bytes;
    result.raw_limit = options.keep_bytes;
    return result;
}

Response to_response(pathoc::Result<pathoc::Response> result, std::string const& partial) {
    Response response;
    if (!result) {
        response.failure = result.error().message;
        // Of an incomplete response: what arrived is often the reason for the failure.
        response.raw = partial;
        return response;
    }
    auto& from = *result;
    response.status = from.status();
    response.reason = std::move(from.head.reason);
    response.http_version = proxycore::http::to_string(from.head.version);
    response.headers = std::move(from.head.fields);
    response.body = std::move(from.body);
    response.body_size = from.body_size;
    response.trailers = std::move(from.trailers);
    response.raw = std::move(from.raw);
    response.keep_alive = from.keep_alive;
    response.duration = from.timings.whole;
    return response;
}

}  // namespace

class Client::Impl {
public:
    explicit Impl(ClientOptions its_options) : options(std::move(its_options)), client(to_pathoc(options)) {}

    Response receive(pathoc::Result<pathoc::Response> result) const {
        auto response = to_response(std::move(result), client.partial());
        response.tls = client.tls();
        return response;
    }

    /// The options of the program for the protocols of this client.
    std::string protocol_arguments() const {
        std::string text = options.http2 ? "--http2 " : "";
        if (options.tls) text += "-s ";
        if (options.tls && options.tls->sni) text += "-i " + quoted_for_shell(*options.tls->sni) + " ";
        return text;
    }

    ClientOptions options;
    pathoc::Client client;
};

Client::Client(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Response Client::request(std::string_view spec) { return impl_->receive(impl_->client.request(spec)); }

std::string Client::send(std::string_view spec) {
    auto const sent = impl_->client.send(spec);
    return sent ? std::string() : sent.error().message;
}

Response Client::receive() { return impl_->receive(impl_->client.receive()); }

Frame Client::receive_frame() {
    auto received = impl_->client.receive_frame();
    Frame frame;
    if (received) {
        static_cast<proxycore::record::RecordedFrame&>(frame) = std::move(*received);
    } else {
        frame.failure = received.error().message;
    }
    return frame;
}

std::string const& Client::sent() const { return impl_->client.last_sent().raw; }

std::string const& Client::spec() const { return impl_->client.last_sent().spec; }

std::uint64_t Client::seed() const { return impl_->client.seed(); }

std::string Client::replay() const {
    auto const port = std::to_string(impl_->options.port);
    return "replay with: pathoc " + impl_->protocol_arguments() + "-p " + port + " " + impl_->options.host + " " +
           quoted_for_shell(spec()) + "  (seed " + std::to_string(seed()) + ")";
}

bool Client::is_open() const { return impl_->client.is_open(); }

void Client::close() { impl_->client.close(); }

}  // namespace pathology::kit
