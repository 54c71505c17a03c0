// The interface of the program to an addon that it loads.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <concepts>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <pathology/proxycore/addons/log_entry.hpp>
#include <pathology/proxycore/addons/options.hpp>
#include <pathology/proxycore/addons/registries.hpp>
#include <pathology/proxycore/async/task_group.hpp>
#include <pathology/proxycore/flow/registry.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pathology::proxycore::addons {

class AddonChain;

/// One for each addon, from its load() until its done() has returned. Everything that an addon declares, adds and
/// spawns through it ends with the addon.
///
///     void load(Host& host) override {
///         host.option("greeting", greeting_, "What to greet with.", {"hello", "hi"});
///         host_ = &host;
///     }
///
/// Thread: that of the addons, for everything.
class Host : public std::enable_shared_from_this<Host> {
public:
    Host(AddonChain& chain, std::string addon) : chain_(chain), addon_(std::move(addon)) {}
    Host(Host const&) = delete;
    Host& operator=(Host const&) = delete;

    /// Writes a line that names the addon.
    void log(LogLevel level, std::string_view text);

    // --- options ---
    Options& options();
    /// Declares an option.
    /// Errors: those of Options::declare().
    void declare(Option option);
    /// Declares an option whose default is the present value of `variable`, which then follows the option: it is set
    /// before each configure(). Its type is that of the option: bool, std::int64_t, std::string, std::optional of the
    /// last two, std::vector<std::string>.
    template <class T>
    requires std::constructible_from<OptionValue, T&>
    void option(std::string name, T& variable, std::string help, std::vector<std::string> choices = {}) {
        declare({name, OptionValue(variable), std::move(help), std::move(choices)});
        auto const set = [&variable](OptionValue const& value) { variable = std::get<T>(value); };
        set(options().value(name));
        bound_.push_back({std::move(name), set});
    }

    // --- the program ---
    flow::Registry& flows();
    /// Runs `update` of the other addons: this one changed these flows.
    void update(std::vector<std::shared_ptr<flow::Flow>> flows);
    /// For adding, removing and replacing other addons.
    AddonChain& addons() { return chain_; }
    /// Runs a task concurrently with the hooks, from the start of the program on. It is cancelled before done() is
    /// called; its exceptions are logged.
    void spawn(boost::asio::awaitable<void> work);
    /// Ends the program as SIGINT does; returns at once.
    void stop_program();
    /// The loop of the addons; empty before the program runs.
    boost::asio::any_io_executor const& loop() const { return loop_; }

    // --- registries ---
    /// Errors: throw ControlException if the name is taken.
    void add_command(Command command);
    void add_content_view(content::View view);

private:
    friend class AddonChain;
    struct Bound {
        std::string name;
        std::function<void(OptionValue const&)> set;
    };

    /// Starts the work that was spawned before.
    void begin(boost::asio::any_io_executor loop);
    /// Cancels the work, and waits for its end.
    boost::asio::awaitable<void> end_work();
    /// Removes what was declared and added. Returns the values of options that differ from the default.
    std::map<std::string, OptionValue> withdraw();
    void set_variables(std::set<std::string> const& changed);
    void start(boost::asio::awaitable<void> work);

    AddonChain& chain_;
    std::string addon_;
    boost::asio::any_io_executor loop_;
    std::vector<std::string> options_, commands_, views_;
    std::vector<Bound> bound_;
    std::vector<boost::asio::awaitable<void>> waiting_;
    async::TaskGroup work_;
    bool is_loaded_ = false, is_closed_ = false;
};

}  // namespace pathology::proxycore::addons
