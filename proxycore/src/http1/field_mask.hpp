// Hides fields from Beast that it would reject: framing fields that contradict each other, and names that are not
// tokens. Beast reads them under names of dashes; afterwards the original names are restored.
//
//     Content-Length: 5          --------------: 5
//     Transfer-Encoding: chunked Transfer-Encoding: chunked        one framing field remains for Beast
#pragma once
#include <functional>
#include <pathology/proxycore/http/fields.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::http1 {

/// The mask of one head, or of the trailers of one body, at a time.
class FieldMask {
public:
    /// Returns true if a Content-Length or Transfer-Encoding line is to be hidden; gets the line without its end.
    using Hides = std::function<bool(std::string_view line)>;

    /// Renames the hidden fields among the `lines` after `start_line`. With `any_name` also those whose names are not
    /// tokens. The view is valid until the next call.
    std::string_view rename(std::string_view lines, std::size_t start_line, bool any_name, Hides const& hides);
    /// Restores the names of hidden fields.
    void restore(http::Fields& fields) const;

private:
    struct Hidden {
        std::size_t field;  // index among all fields
        std::string name;
    };

    std::string lines_;
    std::vector<Hidden> hidden_;
};

/// The line that determines the framing if several contradict each other: the last `chunked`, else the first valid
/// Content-Length. Empty if there is neither.
std::string_view find_framing_line(std::string_view lines);

}  // namespace pathology::proxycore::http1
