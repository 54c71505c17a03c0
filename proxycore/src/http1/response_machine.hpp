// The machine that reads responses, and remembers which requests they answer.
#pragma once
#include <vector>

#include "http1/machine.hpp"

namespace pathology::proxycore::http1 {

class ResponseMachine final : public Machine {
public:
    ResponseMachine(Limits const& limits, Leniency const& leniency)
        : Machine(limits, leniency), grammar_(make_grammar(head, trailers)) {}

    void expect_reply_to(std::string_view method);
    bool is_interim() const { return head.status / 100 == 1 && head.status != 101; }

    http::ResponseHead head;

private:
    /// The methods whose replies are framed in their own way.
    enum class Asked { get, head, connect };

    Kind kind() const override { return Kind::response; }
    Grammar& grammar() override { return *grammar_; }
    http::Fields& fields() override { return head.fields; }
    StartLine read_start_line(std::string_view line) const override { return read_status_line(line, leniency_); }
    bool may_begin(std::string_view bytes) const override { return may_begin_reply(bytes); }
    bool skips_body(std::string_view line, StartLine const& start) override;
    std::string_view rewrite(std::string_view lines, bool has_start_line) override;
    std::optional<Breach> check_head(StartLine const& start) override;
    void message_ended() override;
    Asked asked() const { return asked_.empty() ? Asked::get : asked_.front(); }

    std::unique_ptr<Grammar> grammar_;
    std::vector<Asked> asked_;   // oldest first
    bool opens_tunnel_ = false;  // a 2xx to CONNECT
};

}  // namespace pathology::proxycore::http1
