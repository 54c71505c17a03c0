# Compiles with ccache if it is installed. Paths are relative to the build tree, so trees of the same depth share objects with
# the same flags: dev, programs, the consumer's trees, and those of another clone. A result is found by the contents of the files
# that were read (CCACHE_DEPEND), never by preprocessed text, which has no comments: g++ knows a header of a precompiled one
# again by its exact contents, so one of before a changed comment would have it define everything twice.
if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    find_program(PATHOLOGY_CCACHE ccache)
    mark_as_advanced(PATHOLOGY_CCACHE)
    if(PATHOLOGY_CCACHE)
        set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
            CCACHE_DEPEND=1 CCACHE_SLOPPINESS=pch_defines,time_macros ${PATHOLOGY_CCACHE})
    endif()
endif()
