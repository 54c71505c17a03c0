#pragma once
// The files that a spec may name, and reading them piece by piece.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <pathology/language/failure.hpp>
#include <span>
#include <string>
#include <string_view>

namespace pathology::language {

/// An open regular file of known size. May be read at any position by any thread.
class FileContent {
public:
    FileContent(int descriptor, std::uint64_t size, std::string name) noexcept;
    ~FileContent();
    FileContent(FileContent const&) = delete;
    FileContent& operator=(FileContent const&) = delete;

    std::uint64_t size() const noexcept { return size_; }

    /// Fills `into` from `offset`.
    /// Errors: SpecErrc::file_access if the file cannot be read, or has become shorter.
    Parsed<void> read(std::uint64_t offset, std::span<char> into) const;

private:
    int descriptor_;
    std::uint64_t size_;
    std::string name_;
};

/// The files that specs may load with `<path` and `+path`. A value; copies are cheap.
class FileAccess {
public:
    /// No file at all.
    static FileAccess none();
    /// Files below `folder`; paths are relative to it. Symbolic links are followed before the path is checked.
    static FileAccess below(std::filesystem::path folder);
    /// Any file; relative paths start at `folder`.
    static FileAccess anywhere(std::filesystem::path folder = ".");

    /// Opens a file for reading.
    /// Errors: SpecErrc::file_access with the path and the reason; folders, pipes and devices are refused.
    Parsed<std::shared_ptr<FileContent const>> open(std::string_view path) const;

private:
    enum class Scope : std::uint8_t { none, below, anywhere };
    FileAccess(Scope scope, std::filesystem::path folder) : scope_(scope), folder_(std::move(folder)) {}
    Parsed<std::filesystem::path> locate(std::string_view path) const;

    Scope scope_;
    std::filesystem::path folder_;
};

}  // namespace pathology::language
