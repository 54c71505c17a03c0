#pragma once
// AST → canonical spec text.

#include <pathology/language/ast.hpp>
#include <span>
#include <string>

namespace pathology::language {

/// The canonical spelling of a message: single quotes, Python-style escapes, colons between all parts.
///
/// Shape: printable ASCII without line breaks, apart from the bytes of file paths. Parsing it gives an equal message.
///        `xN` is left out, for a message that is printed once for each time it is sent; print_with_times() keeps it.
std::string print(Message const& message);
std::string print_with_times(Message const& message);

/// The canonical spelling of several messages with their `xN`, with blanks between them and brackets around groups. The
/// second one puts a text for each in its place.
std::string print(std::span<Message const> messages);
std::string print(std::span<Message const> messages, std::span<std::string const> texts);

/// The canonical spelling of a resolved message with the `xN` of the message it was made of, which resolving drops.
std::string print_repeated(Message const& resolved, Features const& given);

/// The canonical spelling with `xN`, for a request target: no blank, no `#`, and no `%` that begins an escape of the
/// URL. In values they are escapes of the language, in file paths, which have none, escapes of the URL.
///
/// Shape: decoded once (RFC 3986 §2.1), it parses to an equal message.
std::string print_for_url(Message const& message);

/// The canonical spelling of a single value.
std::string print(Value const& value);

/// Bytes as the inside of a single-quoted literal.
std::string escape(std::string_view bytes);

}  // namespace pathology::language
