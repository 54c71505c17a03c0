// The machine that reads requests.
#pragma once
#include "http1/machine.hpp"

namespace pathology::proxycore::http1 {

class RequestMachine final : public Machine {
public:
    RequestMachine(Limits const& limits, Leniency const& leniency)
        : Machine(limits, leniency), grammar_(make_grammar(head, trailers)) {}

    http::RequestHead head;
    bool expects_continue = false;

private:
    Kind kind() const override { return Kind::request; }
    Grammar& grammar() override { return *grammar_; }
    http::Fields& fields() override { return head.fields; }
    StartLine read_start_line(std::string_view line) const override { return read_request_line(line, leniency_); }
    bool may_begin(std::string_view) const override { return true; }
    bool skips_body(std::string_view, StartLine const&) override { return false; }
    std::optional<Breach> check_head(StartLine const& start) override;

    std::unique_ptr<Grammar> grammar_;
};

}  // namespace pathology::proxycore::http1
