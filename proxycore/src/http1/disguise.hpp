// Fields that the grammar is not to judge: those that frame a body, and those whose names are none. It sees them under
// other names.
#pragma once
#include <functional>
#include <pathology/proxycore/http/fields.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::http1 {

/// For one head, or the trailers of one body, at a time.
class Disguise {
public:
    /// Whether a Content-Length or Transfer-Encoding line, without its line end, is hidden.
    using Hides = std::function<bool(std::string_view line)>;

    /// The fields of a head or the trailers, after `start_line`, as the grammar may see them. With `any_name` those are
    /// hidden, too, whose names are no tokens. The view lives until the next call.
    std::string_view put_on(std::string_view lines, std::size_t start_line, bool any_name, Hides const& hides);
    /// Gives the fields that the grammar read their names again.
    void take_off(http::Fields& fields) const;

private:
    struct Hidden {
        std::size_t field;  // its place among all
        std::string name;
    };

    std::string lines_;
    std::vector<Hidden> hidden_;
};

/// The one line of a head whose framing counts where several contradict each other: the last `chunked`, else the first
/// good Content-Length. Empty when there is none.
std::string_view find_framing_line(std::string_view lines);

}  // namespace pathology::proxycore::http1
