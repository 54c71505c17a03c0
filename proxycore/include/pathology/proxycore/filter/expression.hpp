// A filter expression as a tree.
#pragma once

#include <cstdint>
#include <pathology/proxycore/failure.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::filter {

/// What an operator tests; doc/filters.md has the rules.
enum class Test : std::uint8_t {
    all,                    ///< ~all
    asset,                  ///< ~a
    body,                   ///< ~b
    request_body,           ///< ~bq
    response_body,          ///< ~bs
    status,                 ///< ~c
    comment,                ///< ~comment
    domain,                 ///< ~d
    dns,                    ///< ~dns
    destination,            ///< ~dst
    error,                  ///< ~e
    header,                 ///< ~h
    request_header,         ///< ~hq
    response_header,        ///< ~hs
    http,                   ///< ~http
    method,                 ///< ~m
    marked,                 ///< ~marked
    marker,                 ///< ~marker
    metadata,               ///< ~meta
    request,                ///< ~q
    replay,                 ///< ~replay
    replayed_request,       ///< ~replayq
    replayed_response,      ///< ~replays
    response,               ///< ~s
    source,                 ///< ~src
    content_type,           ///< ~t
    tcp,                    ///< ~tcp
    request_content_type,   ///< ~tq
    response_content_type,  ///< ~ts
    url,                    ///< ~u, and text without an operator
    udp,                    ///< ~udp
    websocket,              ///< ~websocket
};

/// A test, or several expressions combined.
struct Expression {
    enum class Kind : std::uint8_t { test, all_of, any_of, negation };

    Kind kind = Kind::test;
    Test test = Test::all;               ///< of a test
    std::string text{};                  ///< its regular expression, if it has one; without quotes and their escapes
    std::uint64_t number = 0;            ///< the status code of Test::status
    std::vector<Expression> operands{};  ///< two or more of all_of and any_of, one of negation, none of a test
    Span span{};                         ///< of the argument as written, with its quotes; not compared

    friend bool operator==(Expression const& a, Expression const& b);
};

/// The canonical text: every test with its operator, `&` between the operands of all_of, quotes and parentheses where
/// they are needed. Filter::parse() makes the same tree of it.
std::string to_string(Expression const& expression);

}  // namespace pathology::proxycore::filter
