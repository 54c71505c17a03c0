#include <pathology/proxycore/addons/host.hpp>

#include <exception>
#include <pathology/proxycore/addons/chain.hpp>
#include <utility>

#include "thrown.hpp"

namespace pathology::proxycore::addons {

void Host::log(LogLevel level, std::string_view text) {
    chain_.log({level, "addon " + addon_ + ": " + std::string(text)});
}

Options& Host::options() { return chain_.options(); }
flow::Registry& Host::flows() { return chain_.flows(); }
void Host::stop_program() { chain_.stop_program(); }

void Host::update(std::vector<std::shared_ptr<flow::Flow>> flows) { spawn(chain_.update(std::move(flows), addon_)); }

// --- declarations ----------------------------------------------------------------------------------------------------

void Host::declare(Option option) {
    auto name = option.name;
    chain_.options().declare(std::move(option));
    options_.push_back(std::move(name));
}

void Host::add_command(Command command) {
    auto name = command.name;
    chain_.commands().add(std::move(command));
    commands_.push_back(std::move(name));
}

void Host::add_content_view(content::View view) {
    auto name = view.name;
    chain_.content_views().add(std::move(view));
    views_.push_back(std::move(name));
}

std::map<std::string, OptionValue> Host::withdraw() {
    std::map<std::string, OptionValue> values;
    auto& options = chain_.options();
    for (auto const& name : options_) {
        if (options.value(name) != options.declaration(name).initial) values.emplace(name, options.value(name));
        options.withdraw(name);
    }
    for (auto const& name : commands_) chain_.commands().remove(name);
    for (auto const& name : views_) chain_.content_views().remove(name);
    options_.clear();
    commands_.clear();
    views_.clear();
    bound_.clear();
    return values;
}

void Host::set_variables(std::set<std::string> const& changed) {
    for (auto const& bound : bound_)
        if (changed.contains(bound.name)) bound.set(chain_.options().value(bound.name));
}

// --- work ------------------------------------------------------------------------------------------------------------

void Host::spawn(asio::awaitable<void> work) {
    // Work begun during `done` would run without its addon.
    if (is_closed_) return;
    if (loop_)
        start(std::move(work));
    else
        waiting_.push_back(std::move(work));
}

void Host::begin(asio::any_io_executor loop) {
    loop_ = std::move(loop);
    for (auto& work : std::exchange(waiting_, {})) start(std::move(work));
}

void Host::start(asio::awaitable<void> work) {
    // The shared pointer keeps this object if the chain is destroyed before the work has ended.
    auto const on_end = [self = shared_from_this()](std::exception_ptr const& thrown) {
        if (!thrown) return;
        auto message = "addon " + self->addon_ + ", in its background work: " + message_of(thrown);
        self->chain_.log({LogLevel::error, std::move(message), {}, self->addon_});
    };
    work_.add(loop_, std::move(work), on_end);
}

asio::awaitable<void> Host::end_work() {
    is_closed_ = true;
    waiting_.clear();
    auto const self = shared_from_this();
    work_.cancel_all();
    co_await work_.join();
}

// --- commands --------------------------------------------------------------------------------------------------------

std::string describe(NamedRegistry<Command> const& commands) {
    std::string text;
    for (auto const& command : commands.items()) {
        text += command.name;
        for (auto const& parameter : command.parameters) text.append(" ").append(parameter.name);
        if (!command.result.empty()) text.append(" -> ").append(command.result);
        text += '\n';
        if (!command.help.empty()) text.append("    ").append(command.help).append("\n");
    }
    return text;
}

}  // namespace pathology::proxycore::addons
