// What requests get by Daemon::on(), and what is expected of them.
#include <pathology/kit/failure.hpp>

#include "convert.hpp"
#include "daemon_impl.hpp"

namespace pathology::kit {
namespace {

/// Calls a function of the test. An exception fails the test and goes on to pathod, which responds with its text.
template <class Call> auto reporting(std::string const& what, std::source_location where, Call const& call) {
    try {
        return call();
    } catch (std::exception const& error) {
        fail(what + " threw: " + error.what(), where);
        throw;
    } catch (...) {
        fail(what + " threw what is no std::exception", where);
        throw std::runtime_error("what was thrown is no std::exception");
    }
}

/// `daemon` outlives its anchors.
pathod::SpecFunction spec_function(std::string const& name, Responses::Function const& function,
                                   pathod::Daemon const& daemon, std::source_location where) {
    return [name, function, &daemon, where](pathod::IncomingRequest const& request) {
        auto const what = "the function for " + name;
        auto spec = reporting(what, where, [&] { return function(to_request(request)); });
        if (auto const checked = daemon.check_spec(spec); !checked)
            fail(what + " returned no valid spec\n" + checked.error().message, where);
        return spec;
    };
}

}  // namespace

void Daemon::Impl::add(pathod::FunctionAnchor anchor, Responses const& responses, std::source_location where) {
    if (auto const* function = responses.function())
        anchor.spec = spec_function(anchor.selector, *function, daemon, where);
    else
        anchor.spec = responses.text();
    if (auto const added = daemon.add_anchor(anchor); !added) throw DaemonError(added.error().message);
}

void Daemon::on_pattern(std::string_view pattern, Responses responses, std::source_location where) {
    impl_->add({.selector = std::string(pattern)}, responses, where);
}

void Daemon::on(RequestMatch match, Responses responses, std::source_location where) {
    CompiledMatch const compiled(std::move(match));
    pathod::FunctionAnchor anchor{.selector = to_string(compiled.match())};
    anchor.condition = [compiled, where](pathod::IncomingRequest const& request) {
        return reporting("the condition for " + to_string(compiled.match()), where,
                         [&] { return compiled.matches(request); });
    };
    impl_->add(std::move(anchor), responses, where);
    impl_->ledger.note_script(where);
}

Expectation& Daemon::expect(RequestMatch match, std::source_location where) {
    return impl_->ledger.add(std::move(match), where);
}

Verdict Daemon::verify(Limit limit) const {
    auto const failures = impl_->ledger.failures(limit, seed());
    if (failures.empty())
        return Verdict::yes("all " + std::to_string(impl_->ledger.expectations()) + " expectations came true");
    std::string text;
    for (auto const& failure : failures) text += (text.empty() ? "" : "\n") + failure.text;
    return Verdict::no(std::move(text));
}

std::vector<Request> Daemon::unmatched() const { return impl_->ledger.unmatched(); }

}  // namespace pathology::kit
