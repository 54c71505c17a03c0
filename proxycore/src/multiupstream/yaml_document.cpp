// YAML, by yaml-cpp: its parser alone, whose events have lines, tags and repeated keys.

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

#include "multiupstream/document.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

/// Thrown through the parser, which nothing else stops.
struct Stopped {};

/// From the marks of yaml-cpp. Those behind the text, at the mark that parse_yaml() appends, become its last line.
class Places {
public:
    explicit Places(std::string_view text)
        : lines_(static_cast<std::size_t>(std::ranges::count(text, '\n')) + (text.ends_with('\n') ? 0 : 1)) {}

    bool is_behind(YAML::Mark const& mark) const {
        return !mark.is_null() && static_cast<std::size_t>(mark.line) >= lines_;
    }
    Place of(YAML::Mark const& mark) const {
        if (mark.is_null()) return {};
        if (is_behind(mark)) return {lines_, 0};
        return {static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1};
    }

private:
    std::size_t lines_;
};

class YamlEvents : public YAML::EventHandler {
public:
    YamlEvents(DocumentBuilder& builder, Places const& places) : builder_(builder), places_(places) {}

    void OnDocumentStart(YAML::Mark const& mark) override {
        if (has_document_) stop(places_.of(mark), "a second document begins here, and a file has one");
        has_document_ = true;
    }
    void OnDocumentEnd() override {}

    void OnNull(YAML::Mark const& mark, YAML::anchor_t anchor) override {
        require(builder_.scalar({}, places_.of(mark), anchor));
    }
    void OnAlias(YAML::Mark const& mark, YAML::anchor_t anchor) override {
        require(builder_.alias(anchor, places_.of(mark)));
    }
    void OnScalar(YAML::Mark const& mark, std::string const& tag, YAML::anchor_t anchor,
                  std::string const& value) override {
        refuse_tag(mark, tag);
        bool const is_plain = tag != "!";  // quoted, or in a block
        auto const kind = is_plain ? classify(value) : Value::Kind::text;
        require(builder_.scalar({kind, value, is_plain}, places_.of(mark), anchor));
    }
    void OnSequenceStart(YAML::Mark const& mark, std::string const& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override {
        refuse_tag(mark, tag);
        require(builder_.begin(Value::Kind::list, places_.of(mark), anchor));
    }
    void OnSequenceEnd() override { require(builder_.end()); }
    void OnMapStart(YAML::Mark const& mark, std::string const& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override {
        refuse_tag(mark, tag);
        require(builder_.begin(Value::Kind::mapping, places_.of(mark), anchor));
    }
    void OnMapEnd() override { require(builder_.end()); }

private:
    static void require(bool built) {
        if (!built) throw Stopped();
    }
    void stop(Place place, std::string message) { require(builder_.fail(place, std::move(message))); }
    void refuse_tag(YAML::Mark const& mark, std::string const& tag) {
        if (!tag.empty() && tag != "?" && tag != "!") stop(places_.of(mark), "tags are not supported; leave it out");
    }

    DocumentBuilder& builder_;
    Places const& places_;
    bool has_document_ = false;
};

/// Returns true if the character at the place is a `*`: a frequent mistake with patterns.
bool is_at_asterisk(std::string_view text, Place place) {
    for (; place.line > 1; --place.line) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    auto const line = text.substr(0, text.find('\n'));
    auto const before = line.substr(0, place.column);
    return before.ends_with('*') || (before.size() > 1 && before[before.size() - 2] == '*');
}

DocumentFailure failure_of(YAML::Exception const& error, Places const& places, std::string_view text) {
    DocumentFailure failure{places.of(error.mark), error.msg};
    if (places.is_behind(error.mark) && error.msg == YAML::ErrorMsg::DOC_IN_SCALAR)
        failure.message = "the file ends within a quoted text; its closing quote is missing";
    else if (failure.place.column > 0 && is_at_asterisk(text, failure.place))
        failure.message += "; a text that begins with * is written in quotes";
    return failure;
}

}  // namespace

ParsedDocument parse_yaml(std::string_view text) {
    // yaml-cpp 0.7 takes the end of a file for the missing end of a quoted text. The end of a document in it is an error.
    std::istringstream in(std::string(text) + (text.ends_with('\n') ? "...\n" : "\n...\n"));
    DocumentBuilder builder;
    Places const places(text);
    YamlEvents events(builder, places);
    try {
        YAML::Parser parser(in);
        while (parser.HandleNextDocument(events)) {
        }  // Stopped at the second document
        return builder.take();
    } catch (Stopped const&) {
        return *builder.failure();
    } catch (YAML::Exception const& error) {
        return failure_of(error, places, text);
    }
}

}  // namespace pathology::proxycore::multiupstream
