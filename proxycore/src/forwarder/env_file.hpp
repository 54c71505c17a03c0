// The grammar of a `.env` file. Each line is blank, a comment or a variable:
//
//     line     = [ "export" blank ] name "=" value [ comment ]  |  comment
//     name     = ( letter | "_" ) *( letter | digit | "_" )
//     value    = "'" *( any but "'" ) "'"                                       literal
//              | '"' *( any but '"' and "\" | "\n" | "\t" | '\"' | "\\" ) '"'   with escapes
//              | *any                                                           without blanks at both ends
//     comment  = "#" *any                                       behind a value only after a blank
//
// Blanks around the name are allowed. No value spans lines.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::forwarder {

struct EnvLine {
    std::string name, value;
    std::size_t number = 0;  ///< of the line, from 1
};

struct EnvText {
    std::vector<EnvLine> lines{};        ///< in order; a name may occur several times
    std::vector<std::size_t> invalid{};  ///< numbers of the lines that are none of the above
};

EnvText parse_env(std::string_view text);

}  // namespace pathology::proxycore::forwarder
