# pathology::content: content codings and charsets.

pathology_library(content
    SOURCES src/content/brotli.cpp src/content/charset.cpp src/content/coding.cpp src/content/infer_charset.cpp
            src/content/media_type.cpp src/content/parameters.cpp src/content/pipeline.cpp src/content/zlib.cpp
            src/content/zstd.cpp
    HEADERS include/pathology/proxycore/content/charset.hpp include/pathology/proxycore/content/coding.hpp
            include/pathology/proxycore/content/decoder.hpp include/pathology/proxycore/content/encoder.hpp
            include/pathology/proxycore/content/failure.hpp
    PUBLIC  Boost::headers pathology::protocol
    PRIVATE PkgConfig::BROTLI PkgConfig::ZSTD ZLIB::ZLIB)
