// From what a proxy records to the flows that tests look at.
#pragma once

#include <pathology/testkit/flow.hpp>

namespace pathology::testkit {

Flow to_flow(proxycore::record::Exchange exchange);

}  // namespace pathology::testkit
