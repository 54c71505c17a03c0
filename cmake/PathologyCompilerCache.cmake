# Compiles with ccache if it is installed. Paths are relative to the build tree, so trees of the same depth share objects with
# the same flags: dev, programs, the consumer's trees, and those of another clone.
if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    find_program(PATHOLOGY_CCACHE ccache)
    mark_as_advanced(PATHOLOGY_CCACHE)
    if(PATHOLOGY_CCACHE)
        set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
            CCACHE_SLOPPINESS=pch_defines,time_macros ${PATHOLOGY_CCACHE})
    endif()
endif()
