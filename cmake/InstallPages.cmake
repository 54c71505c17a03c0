# Installs the manual pages and the completions; part of the script of `cmake --install`, which sets CMAKE_INSTALL_PREFIX.
cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_PREFIX NORMALIZE OUTPUT_VARIABLE prefix)  # the user may have given a relative one
foreach(folder DATADIR DOCDIR MANDIR)
    cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_${folder} BASE_DIRECTORY "${prefix}" OUTPUT_VARIABLE ${folder})
endforeach()

# Debian's zsh reads the completions of packages from a folder of its own.
set(zsh_folder site-functions)
if(prefix STREQUAL "/usr")
    set(zsh_folder vendor-completions)
endif()

foreach(program IN LISTS programs)
    set(others ${programs})
    list(REMOVE_ITEM others ${program})
    list(JOIN others "(1), " others)
    set(documents "${DOCDIR}/doc")
    configure_file(${CMAKE_CURRENT_LIST_DIR}/see_also.1.in ${pages}/see_also.1 @ONLY)
    file(READ ${pages}/${program}.man page)
    file(READ ${pages}/see_also.1 see_also)
    file(WRITE ${pages}/${program}.1 "${page}${see_also}")
    file(INSTALL ${pages}/${program}.1 DESTINATION "${MANDIR}/man1")
    file(INSTALL ${pages}/${program}.bash DESTINATION "${DATADIR}/bash-completion/completions" RENAME ${program})
    file(INSTALL ${pages}/${program}.fish DESTINATION "${DATADIR}/fish/vendor_completions.d")
    file(INSTALL ${pages}/${program}.zsh DESTINATION "${DATADIR}/zsh/${zsh_folder}" RENAME _${program})
endforeach()
