// The C library's converter, as an object.
#pragma once

#include <iconv.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace pathology::proxycore::content {

class Converter {
public:
    Converter(char const* to, char const* from) : handle_(iconv_open(to, from)) {}
    ~Converter() {
        if (is_open()) iconv_close(handle_);
    }
    Converter(Converter const&) = delete;
    Converter& operator=(Converter const&) = delete;

    /// Whether both charsets are known.
    bool is_open() const { return reinterpret_cast<std::intptr_t>(handle_) != -1; }

    /// Converts from the front of `input` and takes that away, up to what means nothing: `input` is empty when all of
    /// it was understood.
    void convert(std::string_view& input, std::string& out);
    /// Appends what returns to the initial state.
    void finish(std::string& out);

private:
    iconv_t handle_;
};

}  // namespace pathology::proxycore::content
