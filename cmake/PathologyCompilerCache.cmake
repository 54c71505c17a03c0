# Compiles through ccache where there is one. The build folder is no part of the key: the debug, program and consumer
# trees compile the same sources with the same flags, by absolute path.
if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    find_program(PATHOLOGY_CCACHE ccache)
    mark_as_advanced(PATHOLOGY_CCACHE)
    if(PATHOLOGY_CCACHE)
        set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_NOHASHDIR=1 ${PATHOLOGY_CCACHE})
    endif()
endif()
