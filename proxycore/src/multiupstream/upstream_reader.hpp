// From the values of files to the configuration.
#pragma once

#include <cstddef>
#include <optional>
#include <pathology/proxycore/multiupstream/configuration.hpp>
#include <string>
#include <unordered_map>
#include <vector>

#include "multiupstream/document.hpp"
#include "multiupstream/fields.hpp"

namespace pathology::proxycore::multiupstream {

/// Reads one file after another into one list.
class UpstreamReader {
public:
    explicit UpstreamReader(Findings& findings) : findings_(findings) {}

    /// The mapping with the key `proxies`.
    void read_document(std::string const& file, Value const& document);

    Configuration take() { return std::move(configuration_); }

private:
    void read_upstream(Fields fields);
    void check_name(std::string const& name, Fields& fields);

    Findings& findings_;
    Configuration configuration_;
    std::unordered_map<std::string, Mistake> names_;  ///< with the place where each was first given
    std::size_t upstreams_ = 0, rules_ = 0;           ///< also those with mistakes
};

/// The field `url` as a chain of proxies, and `username` and `password` as the credentials of the last one.
std::vector<tunnel::Hop> read_hops(Fields& fields, std::string const& name);

/// Nothing if a field is wrong, which is reported.
std::optional<Rule> read_rule(Fields fields);

}  // namespace pathology::proxycore::multiupstream
