// Fields that frame a body and that the grammar is not to judge: it sees them under other names.
#pragma once
#include <functional>
#include <pathology/proxycore/http/fields.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::http1 {

/// For one head at a time.
class Disguise {
public:
    /// Whether a Content-Length or Transfer-Encoding line, without its line end, is hidden.
    using Hides = std::function<bool(std::string_view line)>;

    /// The lines of a head, or of a part of it, as the grammar may see them. The view lives until the next call.
    std::string_view put_on(std::string_view lines, Hides const& hides);
    /// Gives the fields that the grammar read their names again.
    void take_off(http::Fields& fields) const;

private:
    std::string lines_;
    std::string hidden_;  // the letters the grammar did not see
};

/// The one line of a head whose framing counts where several contradict each other: the last `chunked`, else the first
/// good Content-Length. Empty when there is none.
std::string_view find_framing_line(std::string_view lines);

}  // namespace pathology::proxycore::http1
