// A shared object that claims to be built for a later version of the interface, for shared_object_test.cpp.
extern "C" unsigned pathology_addon_version();
extern "C" void* pathology_make_addon();

unsigned pathology_addon_version() { return 1000; }
void* pathology_make_addon() { return nullptr; }
