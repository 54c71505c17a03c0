// Commands and content views, which addons add by name.
#pragma once

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <pathology/proxycore/content/view.hpp>
#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/flow/flow.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pathology::proxycore::addons {

/// Named things in the order in which they were added.
template <class T> class NamedRegistry {
public:
    /// Errors: throws ControlException if the name is taken.
    void add(T item) {
        if (find(item.name) != nullptr) throw ControlException("the name " + item.name + " is taken already");
        items_.push_back(std::move(item));
    }
    /// Returns false if there is none of that name.
    bool remove(std::string_view name) {
        return std::erase_if(items_, [&](T const& item) { return item.name == name; }) > 0;
    }
    /// nullptr if there is none; valid until the next add() or remove().
    T const* find(std::string_view name) const {
        auto const found = std::find_if(items_.begin(), items_.end(), [&](T const& item) { return item.name == name; });
        return found == items_.end() ? nullptr : &*found;
    }
    std::vector<T> const& items() const { return items_; }

private:
    std::vector<T> items_;
};

/// An argument or a result of a command.
using CommandValue = std::variant<std::monostate, bool, std::int64_t, std::string, std::vector<std::string>,
                                  std::vector<std::shared_ptr<flow::Flow>>>;

/// A parameter of a command; its type is a word for the user: "flow", "path", "int".
struct CommandParameter {
    std::string name, type;
};

/// A function that users call by name: from a key, a prompt, a script.
struct Command {
    std::string name;  ///< "flow.mark"
    std::vector<CommandParameter> parameters{};
    std::string result{};  ///< the type of the result; empty = it has none
    std::string help{};
    /// Runs on the loop of the proxy.
    /// Errors: throws ProxyException, which is shown to the user.
    std::function<boost::asio::awaitable<CommandValue>(std::vector<CommandValue>)> call{};
};

/// `flow.mark flow text`, a line for each command, with its help on the next line.
std::string describe(NamedRegistry<Command> const& commands);

}  // namespace pathology::proxycore::addons
