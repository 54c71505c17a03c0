// Addons in shared objects, which are loaded at run time.
//
//     // greeter.cpp; in CMakeLists.txt: pathology_addon(greeter SOURCES greeter.cpp)
//     class Greeter : public pathology::proxycore::addons::Addon { … };
//     PATHOLOGY_ADDON(Greeter)
//
// The libraries must exist once in the process, or the first await of a socket crashes. So the shared object links none of
// them, and the program contains and exports the whole of them (CMake: pathology_loads_addons).
#pragma once

#include <memory>
#include <pathology/proxycore/addons/addon.hpp>
#include <string>

namespace pathology::proxycore::addons {

/// The version of Addon and of the arguments of its hooks. Program and addon must have been built for the same one.
inline constexpr unsigned interface_version = 3;

/// Loads the addon of a shared object, which stays loaded as long as the addon exists.
/// Errors: throws AddonError that names the file, if it cannot be loaded, has no addon, or was built for another
///         version of the interface.
AddonHandle load_shared_object(std::string const& path);

}  // namespace pathology::proxycore::addons

/// Exports an addon of that type, made by its default constructor, from a shared object.
#define PATHOLOGY_ADDON(Type)                                                                                   \
    extern "C" unsigned pathology_addon_version() { return ::pathology::proxycore::addons::interface_version; } \
    extern "C" auto pathology_make_addon() {                                                                    \
        return new ::pathology::proxycore::addons::AddonHandle(std::make_shared<Type>());                       \
    }
