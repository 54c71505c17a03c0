// The configuration of `--mode multiupstream:FOLDER`: proxies, and the rules that choose among them.
//
//     folder ─▶ *.yaml, *.yml, *.json ─▶ the key `proxies` of each ─▶ one list, in the order of the files
//
// proxies.yaml is the first file; the others follow in the byte order of their names. doc/upstreams.md describes the
// fields.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <pathology/proxycore/tunnel/hop.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::multiupstream {

/// What a proxy is used for. The rules of one proxy are alternatives.
struct Rule {
    enum class Kind : std::uint8_t {
        host_pattern,  ///< the host of the target matches `pattern`
        port,          ///< the port of the target is `port`
        by_default,    ///< no rule of the other kinds matches, of any proxy
    };
    Kind kind = Kind::by_default;
    std::string pattern{};   ///< of host_pattern: a whole host, in which `*` stands for any run of characters
    std::uint16_t port = 0;  ///< of port: from 1
    bool operator==(Rule const&) const = default;
};

/// `host_pattern *.example.com`, `port 443` or `default`.
std::string to_string(Rule const& rule);

/// A proxy, or a chain of them, with its rules.
struct Upstream {
    std::string name;               ///< unique; 1 to 255 bytes of UTF-8 without control characters
    std::vector<tunnel::Hop> hops;  ///< at least one; each has the name of the upstream
    std::uint32_t weight = 1;       ///< its share of the requests, relative to the other candidates; at least 1
    std::vector<Rule> rules;        ///< at least one, in the order of the file
    bool operator==(Upstream const&) const = default;
};

/// At least one upstream, in the order of the files.
struct Configuration {
    std::vector<Upstream> upstreams;
    bool operator==(Configuration const&) const = default;
};

/// What is wrong with a file, or with the folder.
struct Mistake {
    std::string file;      ///< its name within the folder; the path of the folder if the mistake is about that
    std::size_t line = 0;  ///< from 1; 0: the mistake is about the whole file or folder
    std::string field;     ///< such as `proxies[1].rules[0].pattern`, counted from 0 within the file; empty: none
    std::string message;   ///< one line without its end: the error, and the remedy. No passwords.
    bool operator==(Mistake const&) const = default;
};

/// One line for a terminal, without its end: `proxies.yaml:12: proxies[1].rules[0].patern: unknown field; known are …`.
std::string to_string(Mistake const& mistake);

/// The mistakes of all files, in the order of the files.
struct Mistakes {
    std::vector<Mistake> list;  ///< not empty
};

/// The lines of all mistakes, with `\n` between them.
std::string to_string(Mistakes const& mistakes);

/// Makes result::value() throw std::runtime_error with the text of to_string(); found by argument-dependent lookup.
[[noreturn]] void throw_exception_from_error(Mistakes const& mistakes, boost::source_location const& where);

struct Loaded {
    Configuration configuration;
    std::vector<Mistake> warnings;  ///< what is ignored in the files, in their order
};

/// Reads every file directly in `folder` whose name ends in .yaml, .yml or .json and does not begin with a dot.
///
/// Limits: 256 files, each of up to 4 MiB; 10 000 proxies with up to 1000 rules each, and 100 000 rules in all.
/// Errors: all mistakes of all files, up to 1000.
/// Thread: any; it blocks while it reads the files.
boost::system::result<Loaded, Mistakes> load_folder(std::filesystem::path const& folder);

/// A file of the folder that is in memory.
struct SourceText {
    std::string file;  ///< its name; one that ends in .json is JSON, all others are YAML
    std::string text;
};

/// The same for texts, which may be in any order: it is that of their names.
boost::system::result<Loaded, Mistakes> load_texts(std::vector<SourceText> texts);

}  // namespace pathology::proxycore::multiupstream
