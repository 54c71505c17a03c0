// Bytes that went both ways, not understood.
#pragma once

#include <pathology/proxycore/flow/flow.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::flow {

/// What one read gave.
struct TcpMessage {
    bool from_client = true;
    std::string content{};
    Time timestamp{};
    bool operator==(TcpMessage const&) const = default;
};

class TcpFlow final : public Flow {
public:
    TcpFlow(std::shared_ptr<Client> client, std::shared_ptr<Server> server, Time created)
        : Flow(std::move(client), std::move(server), created) {}
    std::string_view type() const override { return "tcp"; }

    std::vector<TcpMessage> messages{};

protected:
    std::unique_ptr<Flow> snapshot() const override;
    bool same_state(Flow const& other) const override;
    void take_state(Flow const& other) override;
};

}  // namespace pathology::proxycore::flow
