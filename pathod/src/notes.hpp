// What is told of one connection: the blocks that are printed and the entries that are made in the log.
#pragma once

#include <pathology/language/perform.hpp>
#include <pathology/proxycore/http1/reader.hpp>
#include <pathology/proxycore/record/exchange.hpp>
#include <string>
#include <string_view>

#include "received.hpp"
#include "service.hpp"

namespace pathology::pathod {

namespace record = proxycore::record;

/// `127.0.0.1:80` or `[::1]:80` as an address and a port.
record::Endpoint endpoint_of(std::string_view text);

/// Owns nothing of the request: desk, reader and received are the conversation's.
class Notes {
public:
    Notes(Desk& desk, proxycore::http1::RequestReader const& reader, Received const& received, std::uint64_t connection,
          std::string_view remote);

    /// An answer is about to be sent: it is printed, unless the bytes written are to be shown too. When it pauses, or
    /// when the options say so, the request enters the log now.
    void before(Answer const& answer);
    /// It is over, well or not. `index` counts the requests of the connection.
    void after(Answer const& answer, language::Performance const& performance, language::Recording const& recording);

    /// There was no request to answer.
    void failure(record::Exchange::Type type, std::string message);
    /// Bytes came that belong to another protocol.
    void inbound(std::string_view bytes);

private:
    struct Outcome {
        language::Performance const& performance;
        language::Recording const& recording;
        bool is_final;  ///< nothing of the answer follows
    };

    void print(Answer const& answer, Outcome const& outcome);
    std::string details(Answer const& answer, Outcome const& outcome) const;
    void print_seed(Answer const& answer);
    void print_json(record::Exchange const& entry);
    void enter(Answer const& answer, Outcome const& outcome);
    void fill(record::Exchange& entry, Answer const& answer, Outcome const& outcome) const;
    void enter_alone(record::Exchange entry);

    Desk& desk_;
    DaemonOptions const& options_;
    proxycore::http1::RequestReader const& reader_;
    Received const& received_;
    std::uint64_t connection_;
    record::Endpoint remote_;
    std::optional<std::uint64_t> entry_;  // of the answer in progress, once it is in the log
    std::uint64_t answered_ = 0;
};

}  // namespace pathology::pathod
