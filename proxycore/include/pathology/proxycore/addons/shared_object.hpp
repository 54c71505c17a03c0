// Addons that are built apart and loaded while the proxy runs.
//
//     // greeter.cpp, built as a shared object that links pathology::proxycore
//     class Greeter : public pathology::proxycore::addons::Addon { … };
//     PATHOLOGY_ADDON(Greeter)
#pragma once

#include <memory>
#include <pathology/proxycore/addons/addon.hpp>
#include <string>

namespace pathology::proxycore::addons {

/// Counts the changes of Addon and of what its hooks are given. Both sides must have been built for the same one.
inline constexpr unsigned interface_version = 1;

/// Loads the addon of a shared object; the object stays loaded as long as anybody holds the addon.
/// Errors: throws AddonError that names the file, when it cannot be loaded, holds no addon, or was built for another
///         version of the interface.
AddonHandle load_shared_object(std::string const& path);

}  // namespace pathology::proxycore::addons

/// Makes a shared object hold an addon of that type, made by its default constructor.
#define PATHOLOGY_ADDON(Type)                                                                                   \
    extern "C" unsigned pathology_addon_version() { return ::pathology::proxycore::addons::interface_version; } \
    extern "C" auto pathology_make_addon() {                                                                    \
        return new ::pathology::proxycore::addons::AddonHandle(std::make_shared<Type>());                       \
    }
