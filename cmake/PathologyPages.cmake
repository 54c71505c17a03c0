# Manual pages and shell completions of the programs. The programs make them from their options (--generate), so each option
# is described once.
if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
    message(STATUS "No manual pages and no completions: the programs make them, and this machine cannot run the programs "
                   "that it builds. Set CMAKE_CROSSCOMPILING_EMULATOR.")
    return()
endif()
set(pages ${PROJECT_BINARY_DIR}/pages)
file(MAKE_DIRECTORY ${pages})
set(page_files)
foreach(program IN LISTS programs)
    foreach(kind man bash zsh fish)
        set(page ${pages}/${program}.${kind})
        add_custom_command(OUTPUT ${page} DEPENDS ${program}
            COMMAND ${CMAKE_COMMAND} -E env HOME=/nonexistent  # which is ~ in the pages, not the folder of who builds them
                    ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:${program}> --generate ${kind} > ${page})
        list(APPEND page_files ${page})
    endforeach()
endforeach()
add_custom_target(pathology_pages ALL DEPENDS ${page_files})

# A manual page names the folder of the documents, which is known when the files are installed.
foreach(variable pages programs CMAKE_INSTALL_DATADIR CMAKE_INSTALL_DOCDIR CMAKE_INSTALL_MANDIR)
    install(CODE "set(${variable} \"${${variable}}\")")
endforeach()
install(SCRIPT ${CMAKE_CURRENT_LIST_DIR}/InstallPages.cmake)
