#include <pathology/proxycore/addons/shared_object.hpp>

#include <dlfcn.h>

#include <utility>

namespace pathology::proxycore::addons {
namespace {

/// A loaded shared object.
class Library {
public:
    explicit Library(std::string const& path) : path_(path), handle_(open(path)) {
        if (handle_ == nullptr) throw AddonError("cannot load the addon: " + last_error());
    }
    ~Library() { dlclose(handle_); }
    Library(Library const&) = delete;
    Library& operator=(Library const&) = delete;

    template <class Function> Function* find(char const* name) const {
        auto* const found = reinterpret_cast<Function*>(dlsym(handle_, name));
        if (found == nullptr) throw AddonError(path_ + " contains no addon; use PATHOLOGY_ADDON");
        return found;
    }

private:
    /// dlopen() searches a name without slash in the folders of the system.
    static void* open(std::string const& path) {
        auto const place = path.find('/') == std::string::npos ? "./" + path : path;
        return dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL);
    }
    static std::string last_error() {
        auto const* const text = dlerror();
        return text == nullptr ? "unknown reason" : text;
    }

    std::string path_;
    void* handle_;
};

void check_version(Library const& library, std::string const& path) {
    auto const version = library.find<unsigned()>("pathology_addon_version")();
    if (version == interface_version) return;
    throw AddonError(path + " was built for version " + std::to_string(version) +
                     " of the addon interface, and this is version " + std::to_string(interface_version) +
                     "; build it again");
}

/// Keeps the code in memory as long as the addon exists. Members are destroyed in reverse order: the addon first.
struct Loaded {
    std::shared_ptr<Library const> library;
    std::shared_ptr<Addon> addon;
};

}  // namespace

AddonHandle load_shared_object(std::string const& path) {
    auto library = std::make_shared<Library const>(path);
    check_version(*library, path);
    std::unique_ptr<AddonHandle> const made(library->find<AddonHandle*()>("pathology_make_addon")());
    auto const hooks = made->hooks;
    auto const loaded = std::make_shared<Loaded>(Loaded{std::move(library), std::move(made->addon)});
    return {std::shared_ptr<Addon>(loaded, loaded->addon.get()), hooks};
}

}  // namespace pathology::proxycore::addons
