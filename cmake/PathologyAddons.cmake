# Addons in shared objects, for this project and for its users: find_package(pathology) includes this file.

# pathology_addon(<name> SOURCES …) makes a module that pathop -s loads. It takes the headers of the proxy and links nothing of
# it: the program that loads it has the code, and a second copy in one process would have variables of its own.
function(pathology_addon name)
    cmake_parse_arguments(arg "" "" "SOURCES" ${ARGN})
    add_library(${name} MODULE ${arg_SOURCES})
    target_compile_features(${name} PRIVATE cxx_std_20)
    target_include_directories(${name} SYSTEM PRIVATE
        $<TARGET_PROPERTY:pathology::proxycore,INTERFACE_INCLUDE_DIRECTORIES>
        $<TARGET_PROPERTY:pathology::proxycore,INTERFACE_SYSTEM_INCLUDE_DIRECTORIES>)
    target_compile_definitions(${name} PRIVATE $<TARGET_PROPERTY:pathology::proxycore,INTERFACE_COMPILE_DEFINITIONS>)
    set_target_properties(${name} PROPERTIES PREFIX "")
endfunction()

# pathology_loads_addons(<program>) lets a program that links the proxy load such modules: the program contains the whole of
# the proxy's libraries, used by itself or not, and exports the symbols.
function(pathology_loads_addons program)
    set(whole WHOLE_ARCHIVE)
    foreach(library proxycore content filter http2_driver tunnel tls transport protocol pattern console)
        get_target_property(original pathology::${library} ALIASED_TARGET)
        if(original)
            list(APPEND whole ${original})
        else()
            list(APPEND whole pathology::${library})  # of the installed package
        endif()
    endforeach()
    list(JOIN whole "," whole)
    set_target_properties(${program} PROPERTIES ENABLE_EXPORTS ON)
    set_property(TARGET ${program} APPEND PROPERTY LINK_LIBRARY_OVERRIDE "${whole}")
endfunction()
