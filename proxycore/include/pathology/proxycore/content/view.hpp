// Ways to show content to people: prettified JSON, a table of a form's fields, a hex dump.
#pragma once

#include <functional>
#include <pathology/proxycore/content/failure.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::content {

/// What is known of the content. Valid during the call only.
struct ViewContext {
    std::string_view content_type{};  ///< the value of the Content-Type field; empty if it is absent
    std::string_view path{};          ///< of the request
};

/// A way to show content, found by its name.
struct View {
    std::string name;
    std::string help{};
    /// How well the view suits the content: the view with the largest number is used; 0 or less = not by itself.
    std::function<double(std::string_view content, ViewContext const& context)> priority;
    /// The content as UTF-8 text of lines.
    std::function<Result<std::string>(std::string_view content, ViewContext const& context)> render;
};

}  // namespace pathology::proxycore::content
