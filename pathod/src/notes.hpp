// What is told of one connection: the blocks that are printed and the entries that are made in the log.
#pragma once

#include <pathology/language/send_plan.hpp>
#include <pathology/proxycore/record/exchange.hpp>
#include <string>
#include <string_view>

#include "received.hpp"
#include "service.hpp"

namespace pathology::pathod {

namespace record = proxycore::record;

/// A request, as far as it is in the notes.
struct Noted {
    explicit Noted(Received const& its_received, std::uint64_t its_index = 0)
        : received(its_received), index(its_index) {}

    Received const& received;            ///< must outlive it
    std::uint64_t index;                 ///< of the request on its connection
    std::optional<std::uint64_t> entry;  ///< of the answer in progress, once it is in the log
    std::string fault;                   ///< what broke it, where the protocol has words for that
};

/// A title and the bytes below it, as text or as a hex dump; says how many of `size` are left out.
std::string dumped(std::string_view title, std::string_view bytes, std::uint64_t size, bool hex);

/// What ended a performance before its time, in a line; empty when nothing did, or when the daemon was stopped.
std::string ending(language::SendResult const& performance);

/// Owns nothing of the requests: the desk is the worker's, what was received the conversation's.
class Notes {
public:
    /// `tls` is what the log says of the connection's TLS, if it has any.
    Notes(Desk& desk, std::uint64_t connection, proxycore::Endpoint remote,
          std::shared_ptr<record::RecordedTls const> tls = nullptr);

    /// An answer is about to be sent: it is printed, unless the bytes written are to be shown too. When it pauses, or
    /// when the options say so, the request enters the log now.
    void before(Noted& noted, Answer const& answer);
    /// It is over, well or not; the next request has the next index.
    void after(Noted& noted, Answer const& answer, language::SendResult const& performance,
               language::CapturedBytes const& recording);

    bool has_tls() const { return tls_ != nullptr; }

    /// There was no request to answer.
    void failure(record::Exchange::Type type, std::string message);
    /// Something happened that is no answer to a request.
    void enter_alone(record::Exchange entry);
    void print_json(record::Exchange const& entry);
    /// Tells once how to replay what is random, when nobody has said which seed to take.
    void tell_seed(bool is_random);

private:
    struct Outcome {
        language::SendResult const& performance;
        language::CapturedBytes const& recording;
        bool is_final;  ///< nothing of the answer follows
    };

    void print(Received const& received, Answer const& answer, Outcome const& outcome);
    std::string details(Received const& received, Answer const& answer, Outcome const& outcome) const;
    void enter(Noted& noted, Answer const& answer, Outcome const& outcome);
    void fill(record::Exchange& entry, Noted const& noted, Answer const& answer, Outcome const& outcome) const;

    Desk& desk_;
    DaemonOptions const& options_;
    std::uint64_t connection_;
    proxycore::Endpoint remote_;
    std::shared_ptr<record::RecordedTls const> tls_;
};

}  // namespace pathology::pathod
